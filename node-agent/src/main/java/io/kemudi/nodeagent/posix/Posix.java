package io.kemudi.nodeagent.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Linux system calls. Every failure is an [IOException] that names the call, its subject and
/// errno.
public final class Posix {
  public static final int SIGKILL = 9;
  public static final int SIGTERM = 15;

  private static final int O_RDONLY_CLOEXEC = 0x80000;
  private static final int CLONE_NEWNET = 0x40000000;
  private static final int ESRCH = 3;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO_OF =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  // int open(const char *, int, ...): variadic, so the ABI wants to know where the tail begins.
  private static final MethodHandle OPEN =
      handle(
          "open",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle CLOSE =
      handle("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle SETNS =
      handle("setns", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle KILL =
      handle("kill", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

  private Posix() {}

  /// Sends a signal; false when no such process exists any more.
  public static boolean kill(long pid, int signal) throws IOException {
    if (pid <= 1) {
      throw new IllegalArgumentException("refusing to signal pid " + pid);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      if ((int) KILL.invokeExact(state, (int) pid, signal) == 0) {
        return true;
      }
      int errno = (int) ERRNO_OF.get(state, 0L);
      if (errno == ESRCH) {
        return false;
      }
      throw failed("kill " + pid + " with signal " + signal, errno);
    } catch (IOException e) {
      throw e;
    } catch (Throwable t) {
      throw new IllegalStateException(t);
    }
  }

  /// Runs `body` on a thread of its own whose network namespace is the one at `namespace`, such as
  /// `/proc/PID/ns/net`. A socket made there stays in that namespace wherever it is used later.
  ///
  /// The thread ends afterwards: a thread that changed its namespace must never be reused.
  public static <T> T inNetworkNamespace(Path namespace, Callable<T> body) throws IOException {
    FutureTask<T> task =
        new FutureTask<>(() -> {
          enterNetworkNamespace(namespace);
          return body.call();
        });
    Thread thread = Thread.ofPlatform().name("netns").daemon().start(task);
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw new IOException("in network namespace " + namespace + ": " + io.getMessage(), io);
      }
      throw new IOException("in network namespace " + namespace, e.getCause());
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted in network namespace " + namespace, e);
    }
  }

  private static void enterNetworkNamespace(Path namespace) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      MemorySegment path = arena.allocateFrom(namespace.toString());
      int fd = (int) OPEN.invokeExact(state, path, O_RDONLY_CLOEXEC);
      if (fd < 0) {
        throw failed("open " + namespace, (int) ERRNO_OF.get(state, 0L));
      }
      int entered = (int) SETNS.invokeExact(state, fd, CLONE_NEWNET);
      int errno = (int) ERRNO_OF.get(state, 0L);
      int _ = (int) CLOSE.invokeExact(state, fd);
      if (entered < 0) {
        throw failed("setns " + namespace, errno);
      }
    } catch (IOException e) {
      throw e;
    } catch (Throwable t) {
      throw new IllegalStateException(t);
    }
  }

  private static MethodHandle handle(
      String name, FunctionDescriptor type, Linker.Option... options) {
    Linker.Option[] all = Arrays.copyOf(options, options.length + 1);
    all[options.length] = ERRNO;
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type, all);
  }

  private static IOException failed(String what, int errno) {
    return new IOException(what + ": errno " + errno);
  }
}
