"""What a Python program on Debian's python3-kubernetes does: see Steps.java for what it prints."""

import json
import os
import sys
import threading
import time

from kubernetes import client, config, watch
from kubernetes.stream import stream

kubeconfig, restarted = sys.argv[1:3]
config.load_kube_config(kubeconfig)
core = client.CoreV1Api()
NAMESPACE = "default"


def require(holds, what):
    if not holds:
        raise SystemExit("not so: " + what)


def done(name):
    print("ok " + name, flush=True)


def until(what, condition):
    end = time.monotonic() + 60
    last = None
    while time.monotonic() < end:
        try:
            if condition():
                return
        except Exception as e:  # a refused connection is only not yet
            last = e
        time.sleep(0.1)
    raise SystemExit("not within a minute: %s: %s" % (what, last))


def config_map(name, value):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"a": value}}


core.create_namespaced_config_map(NAMESPACE, config_map("python-crud", "1"))
core.patch_namespaced_config_map("python-crud", NAMESPACE, {"data": {"b": "2"}})
read = core.read_namespaced_config_map("python-crud", NAMESPACE)
require(read.data == {"a": "1", "b": "2"}, "what was patched is read")
read.data = {"a": "3"}
require(core.replace_namespaced_config_map("python-crud", NAMESPACE, read).data == {"a": "3"}, "replaced")
names = [item.metadata.name for item in core.list_namespaced_config_map(NAMESPACE).items]
require("python-crud" in names, "it is listed")
core.delete_namespaced_config_map("python-crud", NAMESPACE)
try:
    core.read_namespaced_config_map("python-crud", NAMESPACE)
    require(False, "what was deleted is gone")
except client.ApiException as e:
    require(e.status == 404, "what was deleted is gone")
done("crud")

# This release has no server-side apply of its own: the request is made with what it has.
for value in ("1", "2"):
    applied, status, _ = core.api_client.call_api(
        "/api/v1/namespaces/default/configmaps/python-applied",
        "PATCH",
        query_params=[("fieldManager", "python"), ("force", "true")],
        header_params={"Content-Type": "application/apply-patch+yaml", "Accept": "application/json"},
        body=json.dumps(config_map("python-applied", value)),  # JSON is YAML
        auth_settings=["BearerToken"],
        response_type="V1ConfigMap",
    )
    require(applied.data == {"a": value}, "what was applied is answered")
    require(applied.metadata.managed_fields[0].manager == "python", "the manager is kept")
core.delete_namespaced_config_map("python-applied", NAMESPACE)
done("apply")

shell = stream(
    client.CoreV1Api(client.ApiClient()).connect_get_namespaced_pod_exec,
    "talker",
    NAMESPACE,
    command=["sh", "-c", "echo out; exit 3"],
    stdout=True,
    stderr=True,
    stdin=False,
    tty=False,
    _preload_content=False,
)
out = ""
while shell.is_open():
    shell.update(timeout=1)
    out += shell.read_stdout(timeout=0) if shell.peek_stdout() else ""
require(out == "out\n", "output: " + out)
require(shell.returncode == 3, "the exit code is 3, not %s" % shell.returncode)
done("exec")

require("serving" in core.read_namespaced_pod_log("talker", NAMESPACE), "logs")
done("logs")

# Python has no informer: a list, then watches from where it ended, is what programs write.
seen = set()


def follow():
    version = None
    while True:
        try:
            if version is None:
                page = core.list_namespaced_config_map(NAMESPACE)
                seen.update(item.metadata.name for item in page.items)
                version = page.metadata.resource_version
            for event in watch.Watch().stream(
                core.list_namespaced_config_map, NAMESPACE, resource_version=version, timeout_seconds=30
            ):
                version = event["object"].metadata.resource_version
                seen.add(event["object"].metadata.name)
        except Exception:  # the server is away
            time.sleep(0.2)


threading.Thread(target=follow, daemon=True).start()
core.create_namespaced_config_map(NAMESPACE, config_map("python-before", "1"))
until("the watch tells it", lambda: "python-before" in seen)
print("waiting", flush=True)
until("restarted", lambda: os.path.exists(restarted))
until(
    "created after the restart",
    lambda: core.create_namespaced_config_map(NAMESPACE, config_map("python-after", "1")),
)
until("the watch tells it after the restart", lambda: "python-after" in seen)
done("watch")
os._exit(0)
