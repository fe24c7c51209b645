import Contacts
import Fields
import Foundation
import JobQueue
import Postgres
import Primitives

/// The same submission was stored already: everything of this one is undone.
struct RepeatedSubmission: Error {}

/// Writes a submission in the transaction that writes its contact.
struct SubmissionWriter: Sendable {
  let form: Form
  let request: FormRequest
  let checked: CheckedValues
  let trackingID: String?
  /// The definitions of fields.
  let known: FieldSet
  /// Asks for confirmations.
  let confirmations: FormConfirmations

  /// Stores the submission, and has what follows from it done by a job.
  ///
  /// - Returns: The submission's id.
  /// - Throws: ``RepeatedSubmission``, `PostgresError`.
  func write(of contact: Int64, in transaction: Transaction) async throws -> Int64 {
    let address = IPAddressText.isValid(request.visit.address) ? request.visit.address : nil
    let addresses = try await IPAddresses.ensure(
      [address].compactMap(\.self), in: transaction)
    try await writeCompany(of: contact, in: transaction)
    let origin = SubmissionOrigin(
      agent: request.visit.agent.map { String($0.replacing("\0", with: "").prefix(1_000)) },
      consent: form.values.settings.consent)
    let new = NewSubmission(
      form: form.id, contact: contact, token: request.token, date: request.at,
      ipID: address.flatMap { addresses[$0] }, trackingID: trackingID, referer: request.page ?? "",
      results: checked.results, origin: origin)
    guard let id = try await SubmissionStore.insert(new, in: transaction) else {
      throw RepeatedSubmission()
    }
    try await ContactActivity.touch([contact: request.at], in: transaction)
    guard form.values.settings.confirmation != nil else {
      try transaction.outbox.add(FollowSubmission(submission: id))
      return id
    }
    if let subject = try await SubmissionStore.subject(id, on: transaction.connection) {
      try await confirmations.send("0", subject, in: transaction)
    }
    return id
  }

  /// Writes the values of the contact's primary company.
  private func writeCompany(of contact: Int64, in transaction: Transaction) async throws {
    guard !checked.company.isEmpty else { return }
    let companies = try await SubmissionStore.primaryCompany(
      of: contact, on: transaction.connection)
    var values: [CompanyValue] = []
    for (alias, text) in checked.company.sorted(by: { $0.key < $1.key }) {
      guard let field = known.published(.company).first(where: { $0.alias == alias }) else {
        continue
      }
      values.append((field, try field.canonical(text, policy: .strict)))
    }
    try await CompanyFields.write(
      values, to: companies, fields: known, author: .system, in: transaction)
  }
}
