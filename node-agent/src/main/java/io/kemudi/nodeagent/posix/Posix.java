package io.kemudi.nodeagent.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

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
import org.jspecify.annotations.Nullable;

/// Linux system calls. Every failure is an [IOException] that names the call, its subject and
/// errno.
public final class Posix {
  public static final int SIGKILL = 9;
  public static final int SIGTERM = 15;

  private static final int O_RDONLY_CLOEXEC = 0x80000;
  private static final int O_PATH_CLOEXEC = 0x280000;
  private static final long SYS_OPENAT2 = 437; // the same on every architecture; Linux 5.6
  private static final long RESOLVE_NO_MAGICLINKS = 0x02;
  private static final long RESOLVE_BENEATH = 0x08;
  private static final long MS_NOSUID_NODEV = 0x2 | 0x4;
  private static final long MS_BIND_REC = 0x1000 | 0x4000;
  private static final int MNT_DETACH = 2;
  private static final int ENOENT = 2;
  private static final int EEXIST = 17;
  private static final int EXDEV = 18;
  private static final int EINVAL = 22;
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

  private static final MethodHandle MKDIRAT =
      handle("mkdirat", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle MOUNT =
      handle(
          "mount", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
  private static final MethodHandle UMOUNT =
      handle("umount2", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
  // long syscall(long number, ...), for openat2, which the C library has no function for.
  private static final MethodHandle SYSCALL_OPENAT2 =
      handle(
          "syscall",
          FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG),
          Linker.Option.firstVariadicArg(1));
  private static final StructLayout OPEN_HOW =
      MemoryLayout.structLayout(
          JAVA_LONG.withName("flags"), JAVA_LONG.withName("mode"), JAVA_LONG.withName("resolve"));

  private Posix() {}

  /// A file that is held, whatever becomes of its name; nothing can be read from it.
  public static final class Handle implements AutoCloseable {
    private final int fd;

    private Handle(int fd) {
      this.fd = fd;
    }

    /// A path that leads to the held file and to no other.
    public Path path() {
      return Path.of("/proc/self/fd/" + fd);
    }

    @Override
    public void close() {
      try (Arena arena = Arena.ofConfined()) {
        int _ = (int) CLOSE.invokeExact(arena.allocate(STATE), fd);
      } catch (Throwable t) {
        throw new IllegalStateException(t);
      }
    }
  }

  /// Holds the file at `path`, links followed.
  public static Handle hold(Path path) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int fd = (int) OPEN.invokeExact(state, arena.allocateFrom(path.toString()), O_PATH_CLOEXEC);
      if (fd < 0) {
        throw failed("open " + path, errno(state));
      }
      return new Handle(fd);
    } catch (IOException e) {
      throw e;
    } catch (Throwable t) {
      throw new IllegalStateException(t);
    }
  }

  /// Holds the file at `path` below `root`. The kernel follows links for as long as they stay
  /// below, in one step: nobody can change them in between.
  ///
  /// @return null when there is no such file
  /// @throws IllegalArgumentException when the path leads out of `root`
  public static @Nullable Handle holdBeneath(Handle root, String path) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      MemorySegment how = arena.allocate(OPEN_HOW);
      how.set(JAVA_LONG, 0, O_PATH_CLOEXEC);
      how.set(JAVA_LONG, 16, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS);
      MemorySegment name = arena.allocateFrom(path);
      long fd =
          (long)
              SYSCALL_OPENAT2.invokeExact(
                  state, SYS_OPENAT2, root.fd, name, how, OPEN_HOW.byteSize());
      if (fd >= 0) {
        return new Handle((int) fd);
      }
      return switch (errno(state)) {
        case ENOENT -> null;
        case EXDEV ->
            throw new IllegalArgumentException("\"" + path + "\" leads out of the volume");
        default -> throw failed("openat2 " + path, errno(state));
      };
    } catch (IOException | IllegalArgumentException e) {
      throw e;
    } catch (Throwable t) {
      throw new IllegalStateException(t);
    }
  }

  /// Makes a directory in a directory that is held, unless the name is taken.
  public static void makeDirectory(Handle parent, String name, int mode) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int made = (int) MKDIRAT.invokeExact(state, parent.fd, arena.allocateFrom(name), mode);
      if (made < 0 && errno(state) != EEXIST) {
        throw failed("mkdirat " + name, errno(state));
      }
    } catch (IOException e) {
      throw e;
    } catch (Throwable t) {
      throw new IllegalStateException(t);
    }
  }

  /// Mounts an empty file system in memory.
  public static void mountTmpfs(Path target, long bytes) throws IOException {
    mount("tmpfs", target, "tmpfs", MS_NOSUID_NODEV, "mode=0777,size=" + bytes);
  }

  /// Makes the held file, and what is mounted below it, appear at `target` too.
  public static void bind(Handle source, Path target) throws IOException {
    mount(source.path().toString(), target, "", MS_BIND_REC, "");
  }

  private static void mount(String source, Path target, String type, long flags, String options)
      throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int mounted =
          (int)
              MOUNT.invokeExact(
                  state,
                  arena.allocateFrom(source),
                  arena.allocateFrom(target.toString()),
                  arena.allocateFrom(type),
                  flags,
                  arena.allocateFrom(options));
      if (mounted < 0) {
        throw failed("mount " + source + " at " + target, errno(state));
      }
    } catch (IOException e) {
      throw e;
    } catch (Throwable t) {
      throw new IllegalStateException(t);
    }
  }

  /// Takes the topmost mount at `target` away, at once where nobody looks and later for those who
  /// do.
  ///
  /// @return false when nothing was mounted there
  public static boolean unmount(Path target) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int gone = (int) UMOUNT.invokeExact(state, arena.allocateFrom(target.toString()), MNT_DETACH);
      if (gone < 0 && errno(state) != EINVAL && errno(state) != ENOENT) {
        throw failed("unmount " + target, errno(state));
      }
      return gone == 0;
    } catch (IOException e) {
      throw e;
    } catch (Throwable t) {
      throw new IllegalStateException(t);
    }
  }

  private static int errno(MemorySegment state) {
    return (int) ERRNO_OF.get(state, 0L);
  }

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
