import Foundation
import Redis

extension JobClient {
  /// What the jobs of each kind did in the last hour or day, as the workers have told.
  ///
  /// - Throws: when Redis is out of reach.
  public func figures(_ resolution: JobFigures.Resolution) async throws -> JobFigureSpan {
    let last = Int(clock.real.timeIntervalSince1970) / resolution.seconds
    let first = last - resolution.count + 1
    let replies = try await redis.pipeline(
      (first...last).map { ["HGETALL", RedisArgument(keys.figures(resolution, $0))] })
    var figures: [JobFigureField.Key: JobFigures] = [:]
    for (slot, reply) in replies.enumerated() {
      let values = try reply.get().array ?? []
      for index in stride(from: 0, to: values.count - 1, by: 2) {
        guard let (key, measure) = values[index].text.flatMap(JobFigureField.parse),
          let number = values[index + 1].text.flatMap({ Int($0) })
        else { continue }
        var kind =
          figures[key]
          ?? JobFigures(queue: key.queue, name: key.name, slots: resolution.count)
        switch measure {
        case .done: kind.done[slot] &+= number
        case .failed: kind.failed[slot] &+= number
        case .runs: kind.runs &+= number
        case .milliseconds: kind.milliseconds &+= number
        case .length(let bucket): kind.lengths[bucket, default: 0] &+= number
        }
        figures[key] = kind
      }
    }
    return JobFigureSpan(
      begin: Date(timeIntervalSince1970: Double(first * resolution.seconds)),
      step: resolution.seconds,
      jobs: figures.values.sorted { ($0.queue, $0.name) < ($1.queue, $1.name) })
  }
}
