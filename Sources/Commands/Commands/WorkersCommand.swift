import ArgumentParser
import JobQueue

/// `martlet workers`
struct WorkersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "workers", abstract: "The workers that are alive, and what each is doing.")

  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await Tool.run { tool in
      let workers = try await tool.backends.jobs.workers()
      if output.json { return try Console.json(workers) }
      let now = tool.backends.clock.now
      var table = Table(
        .text("WORKER"), .text("HOST"), .figure("PID"), .figure("UP"), .figure("LAST SEEN"),
        .text("QUEUES"), .figure("RUNNING"), .text("STATE"))
      for worker in workers {
        table.add(
          worker.id, worker.host, "\(worker.processID)",
          Age.text(now.timeIntervalSince(worker.startedAt)),
          Age.text(max(0, now.timeIntervalSince(worker.lastHeartbeat))),
          worker.queues.joined(separator: ","), "\(worker.running.count)/\(worker.concurrency)",
          worker.isDraining ? "draining" : "working")
      }
      table.print(whenEmpty: "No worker is alive.")
      showJobs(workers)
    }
  }

  private func showJobs(_ workers: [WorkerStatus]) {
    let running = workers.flatMap { worker in worker.running.map { (worker, $0) } }
    guard !running.isEmpty else { return }
    Console.line("")
    var table = Table(
      .text("JOB"), .text("NAME"), .text("QUEUE"), .figure("ATTEMPT"), .text("PROGRESS"),
      .text("WORKER"))
    for (worker, job) in running {
      let progress = job.progress.map { "\($0.done)" + ($0.total.map { "/\($0)" } ?? "") }
      table.add(
        job.id.description, job.name, job.queue, "\(job.attempt)", progress ?? "", worker.id)
    }
    table.print(whenEmpty: "")
  }
}
