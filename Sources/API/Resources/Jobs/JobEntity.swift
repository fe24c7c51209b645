import Foundation
import JobQueue

extension JSONValue {
  /// The entity `job` (API page, 11.4).
  init(_ job: JobStatus) {
    self = .object([
      "id": .string(job.id.description), "type": .string(job.name), "queue": .string(job.queue),
      "state": .string(job.state.rawValue), "object": JSONValue(job.object?.type),
      "objectId": JSONValue(job.object?.id), "priority": Self.priority(of: job),
      "attempts": .int(job.attempts),
      "maxAttempts": .int(job.maxAttempts), "progress": JSONValue(job.progress),
      "result": Self.result(job.result), "error": Self.error(of: job),
      "dedupeKey": JSONValue(job.uniqueKey), "createdBy": JSONValue(user: job.createdBy),
      "dateAdded": JSONValue(job.createdAt), "dateAvailable": JSONValue(job.availableAt),
      "dateStarted": JSONValue(job.startedAt), "dateEnded": JSONValue(job.endedAt),
      "links": Self.links(of: job),
    ])
  }

  /// The priority as imports count it: 1 is high, 512 is low and the default.
  private static func priority(of job: JobStatus) -> JSONValue {
    guard let weight = job.groupWeight, weight > 0 else { return .null }
    return .int(Int((512 / max(1, min(512, weight))).rounded()))
  }

  /// Progress; null members where it is not known.
  init(_ progress: JobProgress?) {
    self = [
      "done": .int(Int(progress?.done ?? 0)), "total": JSONValue(progress?.total),
      "percent": progress?.percent.map { .double(($0 * 100).rounded() / 100) } ?? .null,
    ]
  }

  /// The result of a job as JSON; a text that is not JSON is shown as it is.
  private static func result(_ text: String?) -> JSONValue {
    guard let text else { return .null }
    do {
      return try JSONParser.parse(text.utf8)
    } catch {
      return .string(text)
    }
  }

  private static func error(of job: JobStatus) -> JSONValue {
    guard let message = job.error else { return .null }
    return ["code": "failed", "message": .string(message), "at": JSONValue(job.errorAt)]
  }

  private static func links(of job: JobStatus) -> JSONValue {
    var links: JSONObject = ["self": .string("/api/jobs/\(job.id)")]
    if let object = job.object, object.type == "import" {
      links.append("import", .string("/api/imports/\(object.id)"))
    }
    return .object(links)
  }
}
