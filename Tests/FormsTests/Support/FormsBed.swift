import Assets
import Contacts
import Fields
import Foundation
import JobQueue
import Mail
import Points
import Postgres
import Primitives
import Segments
import Synchronization
import TestSchema
import TestSupport
import Users

@testable import Forms

/// A database, a Redis prefix, and forms on them. Who is tracked is what a test says.
struct FormsBed: Sendable {
  let pool: PostgresPool
  let jobs: JobClient
  let visitors = KnownVisitors()

  static let migrations =
    UsersMigrations.all + ContactsMigrations.all + JobQueueSchema.migrations
    + SegmentsMigrations.all + PointsMigrations.all + MailMigrations.all + FormsMigrations.all
    + AssetsMigrations.all
  static let author = Author(id: nil, name: "Ada Admin")
  private static let tables =
    MergeTable.contacts + MergeTable.segments + MergeTable.points + MergeTable.mail
    + MergeTable.forms

  static func with<R: Sendable>(
    isolation: isolated (any Actor)? = #isolation, _ body: (FormsBed) async throws -> R
  ) async throws -> R {
    try await TestBed.with(migrations: migrations) { base in
      try await body(FormsBed(pool: base.database.pool, jobs: base.jobs))
    }
  }

  var now: Date { jobs.clock.now }
  var fields: FieldStore { FieldStore(pool: pool) }
  var forms: FormStore { FormStore(jobs: jobs, fields: fields) }
  var contacts: ContactStore { ContactStore(pool: pool, fields: fields) }
  var editor: ContactEditor {
    ContactEditor(transactions: jobs.transactions, fields: fields, tables: Self.tables)
  }

  private var signer: LinkSigner { LinkSigner(secret: String(repeating: "s", count: 32)) }
  var confirmations: FormConfirmations {
    FormConfirmations(jobs: jobs, signer: signer, site: "https://forms.example")
  }

  var submitter: FormSubmitter {
    FormSubmitter(
      forms: forms, contacts: contacts, editor: editor,
      visitors: visitors, challenges: FormChallenges(signer: signer), confirmations: confirmations,
      settings: { ContactSettings() })
  }

  /// Creates a form with fields that fill in those of contacts of the same alias.
  func form(
    _ aliases: String..., actions: [FormActionInput] = [],
    change: (inout FormInput) -> Void = { _ in }
  ) async throws -> Form {
    var input = FormInput()
    input.name = "Form"
    input.fields = aliases.map { alias in
      var field = FormFieldInput()
      field.label = alias
      field.alias = alias
      field.type = alias == "email" ? "email" : "text"
      field.mapping = FormMappingInput(nil, alias)
      return field
    }
    input.actions = actions
    change(&input)
    return try await forms.create(input, by: Self.author, now: now)
  }

  static func action(
    _ type: FormActionType, _ properties: [String: JSONValue] = [:]
  ) -> FormActionInput {
    var action = FormActionInput()
    action.type = type.rawValue
    action.properties = .object(properties)
    return action
  }

  @discardableResult
  func submit(
    _ form: Form, _ values: [String: String], token: String? = nil, solution: String? = nil,
    agrees: Bool = false
  ) async throws -> FormReceipt {
    try await submitter.submit(
      FormRequest(
        form: form.id, values: values.mapValues { [$0] }, token: token, solution: solution,
        agrees: agrees,
        visit: FormVisit(address: "192.0.2.7", agent: "Test"), at: now))
  }

  /// Creates a contact with fields.
  func contact(_ values: [String: String] = [:]) async throws -> Int64 {
    var input = ContactInput()
    input.values = values.mapValues { .text($0) }
    return try await editor.create(
      input, from: ContactOrigin(Self.author, source: "test", now: now)
    ).id
  }

  /// Returns a field of a contact.
  func value(_ alias: String, of contact: Int64) async throws -> String? {
    try await contacts.contact(contact)?.fields[alias]?.text
  }

  func count(_ table: String) async throws -> Int {
    try await pool.query("SELECT count(*) FROM \(identifier: table)").first?.decode(at: 0) ?? -1
  }

  /// Runs a worker while a closure runs.
  func working<R: Sendable>(
    observers: [any FormObserver] = [], isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws -> R
  ) async throws -> R {
    var registry = JobRegistry()
    FormJobs.register(
      in: &registry, runner: FormActionRunner(mail: nil), observers: observers,
      allowsPrivateAddresses: { true })
    return try await jobs.working(registry, body)
  }
}

/// Visitors as a test names them.
final class KnownVisitors: FormVisitors {
  private let current = Mutex<Int64?>(nil)

  func track(_ contact: Int64?) { current.withLock { $0 = contact } }

  func contact(of visit: FormVisit) async throws -> Int64? { current.withLock { $0 } }

  func namesNobody(_ visit: FormVisit) async throws -> Bool { current.withLock { $0 } == nil }

  func storedAddress(of visit: FormVisit) async throws -> String? { visit.address }

  func find(_ visit: FormVisit, in transaction: Transaction) async throws -> ContactVisit {
    ContactVisit(tracked: current.withLock { $0 })
  }

  func adopt(
    _ contact: Int64, _ visit: FormVisit, in transaction: Transaction
  ) async throws -> FormVisitor? {
    FormVisitor(contact: contact, trackingID: "device")
  }

  func devices(of contacts: [(contact: Int64, visit: FormVisit)]) async throws -> SQL? { nil }

  func introduce(
    _ contacts: [(contact: Int64, visit: FormVisit)], known rows: PostgresRows?, now: Date
  ) async throws -> FormIntroduction {
    FormIntroduction(devices: [String?](repeating: "device", count: contacts.count))
  }
}
