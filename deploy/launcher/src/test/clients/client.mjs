// What a JavaScript program on @kubernetes/client-node does: see Steps.java for what it prints.
import { existsSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import * as k8s from '@kubernetes/client-node';

const [kubeconfig, restarted] = process.argv.slice(2);
const config = new k8s.KubeConfig();
config.loadFromFile(kubeconfig);
const core = config.makeApiClient(k8s.CoreV1Api);
const objects = k8s.KubernetesObjectApi.makeApiClient(config);
const namespace = 'default';

const require = (holds, what) => {
  if (!holds) throw new Error('not so: ' + what);
};
const done = (name) => console.log('ok ' + name);
const configMap = (name, value) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data: { a: value },
});

async function until(what, condition) {
  const end = performance.now() + 60_000;
  let last;
  while (performance.now() < end) {
    try {
      if (await condition()) return;
    } catch (e) {
      last = e; // a refused connection is only not yet
    }
    await sleep(100);
  }
  throw new Error('not within a minute: ' + what, { cause: last });
}

const made = await core.createNamespacedConfigMap({ namespace, body: configMap('node-crud', '1') });
made.data.a = '2';
await core.replaceNamespacedConfigMap({ name: 'node-crud', namespace, body: made });
const read = await core.readNamespacedConfigMap({ name: 'node-crud', namespace });
require(read.data.a === '2', 'what was replaced is read');
const list = await core.listNamespacedConfigMap({ namespace });
require(list.items.some((item) => item.metadata.name === 'node-crud'), 'it is listed');
await core.deleteNamespacedConfigMap({ name: 'node-crud', namespace });
await core.readNamespacedConfigMap({ name: 'node-crud', namespace }).then(
  () => require(false, 'what was deleted is gone'),
  (e) => require(e.code === 404, 'what was deleted is gone: ' + e),
);
done('crud');

for (const value of ['1', '2']) {
  const applied = await objects.patch(
    configMap('node-applied', value),
    undefined,
    undefined,
    'node',
    true,
    k8s.PatchStrategy.ServerSideApply,
  );
  require(applied.data.a === value, 'what was applied is answered');
  require(applied.metadata.managedFields[0].manager === 'node', 'the manager is kept');
}
await core.deleteNamespacedConfigMap({ name: 'node-applied', namespace });
done('apply');

const out = new PassThrough();
let text = '';
out.on('data', (chunk) => (text += chunk));
const status = await new Promise((resolve, reject) => {
  new k8s.Exec(config)
    .exec(namespace, 'talker', 'main', ['sh', '-c', 'echo out; exit 3'], out, null, null, false, resolve)
    .catch(reject);
});
require(status.details.causes[0].message === '3', 'the exit code is 3: ' + JSON.stringify(status));
await until('output', () => text === 'out\n');
done('exec');

const log = await core.readNamespacedPodLog({ name: 'talker', namespace });
require(log.includes('serving'), 'logs');
done('logs');

const informer = k8s.makeInformer(config, '/api/v1/namespaces/default/configmaps', () =>
  core.listNamespacedConfigMap({ namespace }),
);
informer.on('error', () => setTimeout(() => informer.start(), 200)); // as its manual says
await informer.start();
await core.createNamespacedConfigMap({ namespace, body: configMap('node-before', '1') });
await until('the informer has it', () => informer.get('node-before', namespace));
console.log('waiting');
await until('restarted', () => existsSync(restarted));
await until('created after the restart', () =>
  core.createNamespacedConfigMap({ namespace, body: configMap('node-after', '1') }),
);
await until('the informer has it after the restart', () => informer.get('node-after', namespace));
require(informer.get('node-before', namespace), 'what was there is there');
done('watch');
process.exit(0);
