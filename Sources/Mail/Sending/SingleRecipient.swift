import Fields
import Foundation
import JobQueue
import Postgres
import Segments

/// The error for a contact whose data make the choice of dynamic content fail.
struct ContentChoiceError: Error, CustomStringConvertible {
  let cause: String
  var description: String { "the dynamic content cannot be chosen for the contact: \(cause)" }
}

/// Reads what a message shows of one contact where nothing is claimed and nothing counted: a message to a user, a
/// preview.
struct SingleRecipient {
  let pool: PostgresPool
  let fields: FieldStore
  let registry: FilterRegistry
  let now: Date

  /// Returns the contact as the template needs it, with the content that is for it. Without a contact, or with one that
  /// does not exist, the profile is empty and has the default of each content.
  ///
  /// - Returns: The profile, and whether it is of a contact.
  /// - Throws: ``ContentChoiceError``, `PostgresError`.
  func read(
    _ contact: Int64?, for template: Template, _ contents: [DynamicContent]
  ) async throws -> (profile: RecipientProfile, isContact: Bool) {
    let fields = try await fields.current()
    guard let contact, var person = try await profile(contact, template, fields) else {
      var person = RecipientProfile(address: "")
      for content in contents { person.dynamic[content.name] = content.content }
      return (person, false)
    }
    guard !template.dynamic.isEmpty else { return (person, true) }
    let chooser = DynamicContentChooser(
      registry: registry, fields: fields, timeZone: template.settings.timeZone, now: now)
    let done = try await ItemIsolation.read([contact]) { part in
      try await chooser.choose(contents, names: template.dynamic, contacts: part, on: pool)
    }
    if let failure = done.failures.first {
      throw ContentChoiceError(cause: String("\(failure.error)".prefix(1_000)))
    }
    person.dynamic = done.results.first?[contact] ?? [:]
    return (person, true)
  }
}
