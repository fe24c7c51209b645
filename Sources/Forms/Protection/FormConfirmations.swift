package import Foundation
package import JobQueue
package import Mail
import Postgres
import Primitives

/// Double opt-in: what follows from a submission waits until its sender has confirmed it by a link in a mail. The proof
/// is kept with the submission: the text that was agreed to, the time, and the address from which it was confirmed.
package struct FormConfirmations: Sendable {
  private let jobs: JobClient
  private let signer: LinkSigner
  private let site: String

  /// The days for which a link works.
  static let days = 30

  /// Creates confirmations.
  ///
  /// - Parameters:
  ///   - jobs: The job client, with its database.
  ///   - signer: Signs the links with the secret of this installation.
  ///   - site: The address of this installation, without a slash at its end.
  package init(jobs: JobClient, signer: LinkSigner, site: String) {
    self.jobs = jobs
    self.signer = signer
    self.site = site
  }

  /// What became of a link.
  package enum Outcome: Sendable, Equatable {
    /// The submission with an id is confirmed, now or since before.
    case confirmed(Form, Int64)
    /// The submission waits for its confirmation.
    case waiting(Form)
    /// The link is too old.
    case expired(Form)
    /// The link leads to nothing, or was not made here.
    case unknown
  }

  /// Writes the mail with the link, in the transaction of its cause.
  ///
  /// - Parameters:
  ///   - key: Tells one mail from another: the same is sent once.
  ///   - subject: The submission with its form.
  ///   - transaction: The transaction.
  /// - Throws: `NoticeError` where there is no address; `PostgresError`.
  func send(_ key: String, _ subject: SubmissionSubject, in transaction: Transaction) async throws {
    guard let texts = subject.form.values.settings.confirmation else { return }
    let link = "\(site)/form/confirm/\(self.key(of: subject.submission.id))"
    var body = subject.filled(texts.message)
    body =
      body.contains("{confirm_url}")
      ? body.replacing("{confirm_url}", with: link) : "\(body)\n\n\(link)"
    try await EmailDispatcher.notify(
      UserNotification(
        key: "confirm-\(subject.submission.id)-\(key)",
        content: .text(subject: texts.subject, body: body), contact: subject.submission.contact,
        addresses: ["{contactfield=email}"]), in: transaction)
  }

  /// Sends the mail once more.
  ///
  /// - Returns: Whether the submission waits for a confirmation.
  /// - Throws: `NoticeError`, `PostgresError`.
  package func resend(_ submission: Int64, of form: Int64, now: Date) async throws -> Bool {
    try await jobs.transaction(at: now) { transaction in
      guard let subject = try await SubmissionStore.subject(submission, on: transaction.connection),
        subject.form.id == form, subject.form.values.settings.confirmation != nil,
        subject.confirmedAt == nil
      else { return false }
      // At most one a minute, whoever asks for it.
      try await send(
        String(Int(saturating: now.timeIntervalSince1970) / 60), subject, in: transaction)
      return true
    }
  }

  /// Returns what a link leads to, without confirming anything: programs that look into mails follow links too.
  package func look(_ key: String, now: Date) async throws -> Outcome {
    guard let id = submission(of: key) else { return .unknown }
    let subject = try await jobs.postgres.withConnection {
      try await SubmissionStore.subject(id, on: $0)
    }
    return outcome(subject, now)
  }

  /// Confirms the submission of a link, once: what follows from it is done by a job of the same transaction.
  ///
  /// - Parameters:
  ///   - key: The end of the link.
  ///   - address: The client's address.
  ///   - agent: The user agent.
  ///   - now: The instant of the confirmation.
  package func confirm(
    _ key: String, address: String, agent: String?, now: Date
  ) async throws -> Outcome {
    guard let id = submission(of: key) else { return .unknown }
    return try await jobs.transaction(at: now) { transaction in
      let subject = try await SubmissionStore.subject(id, on: transaction.connection)
      guard case .waiting(let form) = outcome(subject, now), let subject else {
        return outcome(subject, now)
      }
      let proof = ConfirmationProof(
        text: subject.origin.consent ?? form.values.settings.confirmation?.message ?? "",
        address: address, agent: agent.map { String($0.prefix(1_000)) })
      if try await SubmissionStore.confirm(id, proof, in: transaction) {
        try transaction.outbox.add(FollowSubmission(submission: id))
      }
      return .confirmed(form, id)
    }
  }

  private func outcome(_ subject: SubmissionSubject?, _ now: Date) -> Outcome {
    guard let subject, subject.form.values.settings.confirmation != nil else { return .unknown }
    if subject.confirmedAt != nil { return .confirmed(subject.form, subject.submission.id) }
    let age = now.timeIntervalSince(subject.submission.date)
    return age > Double(Self.days) * 86_400 ? .expired(subject.form) : .waiting(subject.form)
  }

  /// The end of a submission's link: its id, signed.
  func key(of submission: Int64) -> String {
    "\(submission)-\(signer.formToken("confirm:\(submission)"))"
  }

  private func submission(of key: String) -> Int64? {
    let parts = key.split(separator: "-", maxSplits: 1)
    guard parts.count == 2, let id = Int64(parts[0]),
      signer.isFormToken(String(parts[1]), "confirm:\(id)")
    else { return nil }
    return id
  }
}

/// What is kept of a confirmation.
struct ConfirmationProof: Sendable, Codable {
  /// What was agreed to.
  var text: String
  /// The address from which it was confirmed.
  var address: String
  /// The browser.
  var agent: String?
}
