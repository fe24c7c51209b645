import Foundation
import TestSupport

/// A machine's clock that is wrong, for single processes: a library that the system loads into them before all others
/// (`LD_PRELOAD`) adds a number of seconds to what the C library says of the time of day.
struct WrongClock {
  private static let variable = "WRONG_CLOCK_SECONDS"

  /// Instants to wait until are given by the wrong clock as well, and the system knows only the right one. Those of
  /// monotonic clocks, which count from the machine's start, are far smaller and not touched.
  private static let source = #"""
    #define _GNU_SOURCE
    #include <dlfcn.h>
    #include <pthread.h>
    #include <semaphore.h>
    #include <stdlib.h>
    #include <sys/syscall.h>
    #include <sys/time.h>
    #include <time.h>
    #include <unistd.h>

    static long seconds(void) {
      const char *text = getenv("\#(variable)");
      return text ? atol(text) : 0;
    }

    int clock_gettime(clockid_t clock, struct timespec *time) {
      int status = syscall(SYS_clock_gettime, clock, time);
      if (status == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += seconds();
      return status;
    }

    int gettimeofday(struct timeval *time, void *zone) {
      struct timespec now;
      clock_gettime(CLOCK_REALTIME, &now);
      time->tv_sec = now.tv_sec;
      time->tv_usec = now.tv_nsec / 1000;
      return 0;
    }

    time_t time(time_t *place) {
      struct timespec now;
      clock_gettime(CLOCK_REALTIME, &now);
      if (place) *place = now.tv_sec;
      return now.tv_sec;
    }

    static struct timespec right(const struct timespec *time) {
      struct timespec moved = *time;
      if (moved.tv_sec > 1000000000) moved.tv_sec -= seconds();
      return moved;
    }

    int sem_timedwait(sem_t *semaphore, const struct timespec *time) {
      static int (*next)(sem_t *, const struct timespec *);
      if (!next) next = dlsym(RTLD_NEXT, "sem_timedwait");
      struct timespec end = right(time);
      return next(semaphore, &end);
    }

    int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *time) {
      static int (*next)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
      // The oldest version of the name has another kind of condition.
      if (!next) next = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
      if (!next) next = dlsym(RTLD_NEXT, "pthread_cond_timedwait");
      struct timespec end = right(time);
      return next(condition, mutex, &end);
    }
    """#

  private let library: String

  /// Builds the library with the compiler that comes with Swift.
  init(in folder: URL) async throws {
    let (file, log) = (folder.appending(path: "clock.c"), folder.appending(path: "clang.log"))
    library = folder.appending(path: "clock.so").path
    try Data(Self.source.utf8).write(to: file)
    try Data().write(to: log)
    let status = try await ChildProcess.run(
      try Self.compiler(), ["-O1", "-shared", "-fPIC", "-o", library, file.path, "-ldl"],
      environment: ProcessInfo.processInfo.environment,
      files: (input: URL(filePath: "/dev/null"), output: log, errors: log))
    guard status == 0 else {
      let output = try String(contentsOf: log, encoding: .utf8)
      throw Installation.Failure(description: "clang ended with \(status): \(output)")
    }
  }

  /// The variables of a process whose clock is a number of seconds ahead, or behind.
  func environment(_ seconds: Int) -> [String: String] {
    ["LD_PRELOAD": library, Self.variable: "\(seconds)"]
  }

  private static func compiler() throws -> String {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"
    for folder in path.split(separator: ":") {
      let swift = URL(filePath: "\(folder)/swift").resolvingSymlinksInPath()
      let clang = swift.deletingLastPathComponent().appending(path: "clang").path
      if FileManager.default.isExecutableFile(atPath: clang) { return clang }
    }
    throw Installation.Failure(description: "clang, which comes with Swift, is not in the PATH")
  }
}
