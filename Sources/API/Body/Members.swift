import Foundation

/// Reads the members of an entity that a request sends, and gathers what is wrong with them.
///
/// Members that are not asked for are ignored (API page, section 1.4). A member that is missing gives
/// nil, which says that it stays as it is; what null says, each function tells.
struct Members {
  let body: JSONValue
  private let prefix: String
  private var problems: [(field: String, messages: [String])] = []

  /// - Parameter prefix: A prefix for the names of members in errors, for an entity inside another.
  init(_ body: JSONValue, prefix: String = "") {
    self.body = body
    self.prefix = prefix
  }

  /// Takes over what is wrong with an entity inside of this one.
  mutating func include(_ inner: Members) { problems += inner.problems }

  /// Refuses the request if anything was wrong.
  ///
  /// - Throws: `APIError` 400 that names every member at fault.
  func finish() throws(APIError) {
    if !problems.isEmpty { throw .validation(problems) }
  }

  /// Notes what is wrong with a member.
  mutating func refuse(_ name: String, _ message: String) {
    problems.append((prefix + name, [message]))
  }

  /// A text. Null says nothing.
  mutating func text(_ name: String) -> String? {
    guard let value = body[name], value != .null else { return nil }
    if value.text == nil { refuse(name, "must be a text") }
    return value.text
  }

  /// A text that may be missing: null empties it.
  mutating func optionalText(_ name: String) -> String? {
    body[name] == .null ? "" : text(name)
  }

  /// A boolean, also as the words of a form. Null says nothing.
  mutating func truth(_ name: String) -> Bool? {
    guard let value = body[name], value != .null else { return nil }
    if value.truth == nil { refuse(name, "must be a boolean") }
    return value.truth
  }

  /// A whole number, also as text. Null and an empty text say nothing.
  mutating func integer(_ name: String) -> Int? {
    guard let value = body[name], value != .null, value != .string("") else { return nil }
    if value.integer == nil { refuse(name, "must be a whole number") }
    return value.integer
  }

  /// The id of another record, also as the object that an answer has. Null, an empty text and 0 are none.
  mutating func reference(_ name: String) -> Int64?? {
    guard let value = body[name] else { return nil }
    if value == .null || value == .string("") || value.isEmptyContainer { return .some(nil) }
    guard let id = (value["id"] ?? value).integer, id >= 0 else {
      refuse(name, "must be an id")
      return nil
    }
    return .some(id == 0 ? nil : Int64(id))
  }

  /// An instant in any of the contract's forms. Null and an empty text are none.
  mutating func date(_ name: String) -> Date?? {
    guard let value = body[name] else { return nil }
    if value == .null || value == .string("") { return .some(nil) }
    guard let date = value.text.flatMap({ WireDate.parse($0.trimmingBlanks) }) else {
      refuse(name, "must be a date such as 2024-03-01T09:30:00+00:00")
      return nil
    }
    return .some(date)
  }
}
