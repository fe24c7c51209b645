/// The executor of one connection: a thread of its own that runs the connection's jobs one after
/// the other and waits, when there are none, for its socket.
///
/// It is a task executor too, so that the closure given to `withConnection` runs on this thread:
/// its statements then cost no change of thread between them. Waiting for the server suspends
/// the task and not the thread, so other jobs that prefer this thread go on meanwhile.
final class ConnectionThread: SerialExecutor, TaskExecutor, Sendable {
  let loop: ConnectionLoop

  init() throws(PostgresError) {
    loop = try ConnectionLoop()
    try loop.start()
  }

  // Jobs hold the executor, so none can be waiting when the last reference goes.
  deinit { loop.stop() }

  func enqueue(_ job: consuming ExecutorJob) {
    loop.enqueue(
      ConnectionLoop.Job(
        job: UnownedJob(job), serial: asUnownedSerialExecutor(), task: asUnownedTaskExecutor()))
  }
}
