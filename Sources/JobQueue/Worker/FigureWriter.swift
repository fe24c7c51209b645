import Logging
import Redis

/// Writes what a worker's jobs do to Redis, every few seconds.
struct FigureWriter: Sendable {
  private static let interval = Duration.seconds(5)

  let counter: FigureCounter
  let client: JobClient
  let logger: Logger

  /// Runs until the task is cancelled.
  func run() async {
    while !Task.isCancelled {
      do { try await Task.sleep(for: Self.interval) } catch { return }
      await write()
    }
  }

  /// Writes what was counted. What Redis does not take is lost: these are figures, not work.
  func write() async {
    let counts = counter.take()
    guard !counts.isEmpty else { return }
    let now = Int(client.clock.real.timeIntervalSince1970)
    var commands: [[RedisArgument]] = []
    for resolution in JobFigures.Resolution.allCases {
      let key = RedisArgument(client.keys.figures(resolution, now / resolution.seconds))
      for (kind, measures) in counts {
        for (measure, count) in measures {
          commands.append([
            "HINCRBY", key, RedisArgument(JobFigureField.text(kind, measure)), RedisArgument(count),
          ])
        }
      }
      commands.append(["EXPIRE", key, RedisArgument(resolution.kept)])
    }
    do {
      _ = try await client.redis.pipeline(commands)
    } catch {
      logger.debug("The figures of jobs were not written", metadata: ["error": "\(error)"])
    }
  }
}
