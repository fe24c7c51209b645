import Assets
import Contacts
import Fields
import Foundation
import JobQueue
import Postgres
import Primitives

/// The same submission was stored already, or the form has changed: everything of this one is undone.
struct RepeatedSubmission: Error {}

/// Writes a submission that passed all checks in the transaction that writes its contact.
struct SubmissionWriter: Sendable {
  /// The form, and the definitions of fields, by which it was checked.
  let form: Form
  let known: FieldSet
  let request: FormRequest
  let checked: CheckedValues
  /// The address that is stored.
  let address: String?
  let visitors: any FormVisitors
  /// Asks for confirmations.
  let confirmations: FormConfirmations

  /// Whether the browser is that of the contact; at a device of everybody's it is not.
  var isTracked: Bool { !form.values.settings.isKiosk }

  /// Whether it is written like many others: nothing but a contact and the submission.
  var isSimple: Bool {
    checked.company.isEmpty && checked.files.isEmpty && form.values.settings.confirmation == nil
  }

  /// What was filled in of the contact.
  var input: ContactInput {
    var input = ContactInput()
    input.values = checked.contact.mapValues { .text($0) }
    // Only what was filled in is given, and 0 may be.
    input.overwritesWithBlank = true
    input.ipAddress = address
    return input
  }

  /// The cause of what is written of the contact.
  var origin: ContactOrigin { ContactOrigin(.system, source: "form", now: request.at) }

  /// What is known of the visitor.
  func find(in transaction: Transaction) async throws -> ContactVisit {
    isTracked ? try await visitors.find(request.visit, in: transaction) : ContactVisit()
  }

  /// The submission as it is stored.
  func submission(of contact: Int64, _ trackingID: String?) -> NewSubmission {
    NewSubmission(
      form: form.id, formVersion: form.version, fieldsVersion: known.version, contact: contact,
      token: request.token, date: request.at, address: address, trackingID: trackingID,
      referer: request.page ?? "", results: checked.results, files: checked.files,
      origin: SubmissionOrigin(
        agent: request.visit.agent.map { String($0.replacing("\0", with: "").prefix(1_000)) },
        consent: form.values.settings.consent))
  }

  /// The receipt for a stored submission.
  func receipt(_ id: Int64, of contact: Int64, _ visitor: FormVisitor?) -> FormReceipt {
    FormReceipt(
      form: form, submission: id, contact: contact, results: checked.results, visitor: visitor,
      files: Set(checked.files.values))
  }

  /// Stores the submission of a contact whose row is locked, and has what follows from it done by a job.
  ///
  /// - Throws: ``RepeatedSubmission``, ``FormRefusal``, `PostgresError`.
  func write(of contact: Int64, in transaction: Transaction) async throws -> FormReceipt {
    try await writeCompany(of: contact, in: transaction)
    let visitor =
      isTracked ? try await visitors.adopt(contact, request.visit, in: transaction) : nil
    let sightings = address.map { [(contact: contact, address: $0)] } ?? []
    for statement in IPAddresses.linking(sightings, now: transaction.now) {
      await transaction.sendWithNext(statement)
    }
    if !checked.files.isEmpty {
      // Those of a request that took more than a day are gone.
      guard try await MediaFileStore.keep(Set(checked.files.values), in: transaction) else {
        throw FormRefusal(
          checked.files.keys.sorted().map { FormProblem($0, "Please send the file again.") })
      }
    }
    let new = submission(of: contact, visitor?.trackingID)
    guard let id = try await SubmissionStore.insert(new, in: transaction) else {
      throw RepeatedSubmission()
    }
    if form.values.settings.confirmation == nil {
      try transaction.outbox.add(FollowSubmission(submission: id))
    } else if let subject = try await SubmissionStore.subject(id, on: transaction.connection) {
      try await confirmations.send("0", subject, in: transaction)
    }
    return receipt(id, of: contact, visitor)
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
