import API
import Foundation

/// Adds, changes and deletes notes on a contact.
enum NoteForms {
  static func add(_ page: PageRequest) async throws -> PageAnswer {
    let id = try page.id
    let body = try await FormBody(page)
    do {
      var members = sendable(body, page)
      members["lead"] = .int(Int(id))
      try await page.send(.post, "notes/new", .object(members))
    } catch let error as APIError where RecordForm.isOfTheForm(error) {
      return try await form(page, nil, FormValues(body, error), error)
    }
    return done(id, "Added.", page)
  }

  static func edit(_ page: PageRequest) async throws -> PageAnswer {
    let note = try await page.get("notes/\(try own(page))")["note"] ?? [:]
    return try await form(page, note, FormValues(note), nil)
  }

  static func save(_ page: PageRequest) async throws -> PageAnswer {
    let (id, note) = (try page.id, try own(page))
    let body = try await FormBody(page)
    do {
      try await page.send(.patch, "notes/\(note)/edit", .object(sendable(body, page)))
    } catch let error as APIError where RecordForm.isOfTheForm(error) {
      return try await form(page, [:], FormValues(body, error), error)
    }
    return done(id, "Saved.", page)
  }

  static func delete(_ page: PageRequest) async throws -> PageAnswer {
    let (id, note) = (try page.id, try own(page))
    try await page.send(.delete, "notes/\(note)/delete")
    return done(id, "Deleted.", page)
  }

  private static func own(_ page: PageRequest) throws -> Int64 {
    try page.request.pathNumber("note")
  }

  private static func done(_ id: Int64, _ message: String, _ page: PageRequest) -> PageAnswer {
    .redirect(to: "contacts/\(id)?tab=notes", message: page.texts(message))
  }

  /// What was sent, with the time as the API takes it.
  private static func sendable(_ body: FormBody, _ page: PageRequest) -> JSONObject {
    var members = body.members
    if let date = body.text("dateTime").flatMap(page.formats.date(input:)) {
      members["dateTime"] = .string(date.formatted(.iso8601))
    }
    return members
  }

  private static func form(
    _ page: PageRequest, _ note: JSONValue?, _ values: FormValues, _ error: APIError?
  ) async throws -> PageAnswer {
    let contact = try await ContactRecord.read(page)
    let isNew = note == nil
    var shown = ContactSubform(
      contact: contact, page: page, title: page.texts(isNew ? "New note" : "Edit the note"),
      back: "?tab=notes", button: page.texts(isNew ? "Add note" : "Save")
    )([FormSection("", NotesTab.fields(page))], values)
    if let error { shown.status = error.status }
    return .page(shown)
  }
}
