import Foundation
import JobQueue
import Postgres
import Primitives
import Transfer

/// Posts the values of a submission to another server, at most five times, an hour apart, with the same key.
struct RepostSubmission: DurableJob {
  static let name = "forms.repost"
  static let queue = FormJobs.queue
  static var options: JobOptions { JobOptions(maxAttempts: 5) }

  var url: String
  var submission: Int64
  var action: Int64
}

/// Sends reposts.
struct RepostHandler: Sendable {
  let client: HTTPClient
  /// Whether private addresses may be contacted, as for webhooks.
  let allowsPrivateAddresses: @Sendable () async throws -> Bool

  func repost(_ job: RepostSubmission, _ context: JobContext) async throws {
    let subject = try await context.client.postgres.withConnection {
      try await SubmissionStore.subject(job.submission, on: $0)
    }
    // A submission that is gone is posted nowhere.
    guard let subject else { return try await context.complete() }
    let names = Self.names(subject, action: job.action)
    let pairs = subject.answers.map { (names[$0.alias] ?? $0.alias, $0.value) }
    let body = pairs.map { "\(Self.encode($0.0))=\(Self.encode($0.1))" }.joined(separator: "&")
    let call = HTTPCall(
      "POST", job.url,
      headers: [
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Idempotency-Key", "form-\(job.submission)-\(job.action)"),
        ("X-Forwarded-For", subject.submission.address ?? ""),
      ].filter { !$0.1.isEmpty }.map { (name: $0.0, value: $0.1) }, body: Array(body.utf8),
      allowsPrivateAddresses: try await allowsPrivateAddresses())
    do throws(TransferError) {
      let answer = try await client.send(call)
      guard (200..<300).contains(answer.status) else {
        throw TransferError(.connection, "the receiver answered \(answer.status)")
      }
    } catch {
      try Task.checkCancellation()
      throw RetryJob(after: .seconds(3600), "\(error)")
    }
    try await context.complete()
  }

  /// The names under which the receiver expects values: those of the action's properties that are aliases of fields.
  private static func names(_ subject: SubmissionSubject, action: Int64) -> [String: String] {
    let properties = subject.form.actions.first { $0.id == action }?.properties
    var names: [String: String] = [:]
    for field in subject.form.fields {
      if let name = properties?[field.alias]?.text, !name.isEmpty { names[field.alias] = name }
    }
    return names
  }

  private static func encode(_ text: String) -> String {
    PercentCoding.encode(text.utf8, keeping: PercentCoding.unreserved)
  }
}
