import Foundation

/// Reads the members of an entity that a request sends, and collects their problems.
///
/// Unknown members are ignored (API page, section 1.4). A missing member gives nil: its value stays unchanged. Each
/// function says what null means.
struct Members {
  let body: JSONValue
  private let prefix: String
  private var problems: [(field: String, messages: [String])] = []

  /// - Parameter prefix: A prefix for the names of members in errors, for an entity inside another.
  init(_ body: JSONValue, prefix: String = "") {
    self.body = body
    self.prefix = prefix
  }

  /// Adds the problems of a nested entity.
  mutating func include(_ inner: Members) { problems += inner.problems }

  /// Refuses the request if there is any problem.
  ///
  /// - Throws: `APIError` 400 that names every member at fault.
  func finish() throws(APIError) {
    if !problems.isEmpty { throw .validation(problems) }
  }

  /// Records a problem of a member.
  mutating func refuse(_ name: String, _ message: String) {
    problems.append((prefix + name, [message]))
  }

  /// Tells how a member is read, where that is recorded.
  func note(_ name: String, _ kind: MemberKind) {
    if case .object(let object) = body { object.recorder?.note(name, kind) }
  }

  /// A text. Null counts as missing.
  mutating func text(_ name: String) -> String? {
    note(name, .text)
    guard let value = body[name], value != .null else { return nil }
    if value.text == nil { refuse(name, "must be a text") }
    return value.text
  }

  /// A text that may be missing: null empties it.
  mutating func optionalText(_ name: String) -> String? {
    body[name] == .null ? "" : text(name)
  }

  /// A list of texts: an array, or a text that separators cut. Null and an empty text count as missing.
  mutating func list(_ name: String, separators: String) -> [String]? {
    guard let value = body[name], value != .null, value != .string("") else { return nil }
    if let elements = value.elements {
      let texts = elements.compactMap(\.text)
      if texts.count < elements.count { refuse(name, "must be a list of texts") }
      return texts
    }
    guard let text = value.text else { return nil }
    return text.split { separators.contains($0) }.map(String.init)
  }

  /// A boolean, also as the words of a form. Null counts as missing.
  mutating func truth(_ name: String) -> Bool? {
    note(name, .truth)
    guard let value = body[name], value != .null else { return nil }
    if value.truth == nil { refuse(name, "must be a boolean") }
    return value.truth
  }

  /// A whole number, also as text. Null and an empty text count as missing.
  mutating func integer(_ name: String) -> Int? {
    note(name, .integer)
    guard let value = body[name], value != .null, value != .string("") else { return nil }
    if value.integer == nil { refuse(name, "must be a whole number") }
    return value.integer
  }

  /// The id of another record, also as the object that an answer has. Null, an empty text and 0 mean none.
  mutating func reference(_ name: String) -> Int64?? {
    note(name, .reference)
    guard let value = body[name] else { return nil }
    if value == .null || value == .string("") || value.isEmptyContainer { return .some(nil) }
    guard let id = (value["id"] ?? value).integer, id >= 0 else {
      refuse(name, "must be an id")
      return nil
    }
    return .some(id == 0 ? nil : Int64(id))
  }

  /// An instant in any of the contract's forms. Null and an empty text mean none.
  mutating func date(_ name: String) -> Date?? {
    note(name, .date)
    guard let value = body[name] else { return nil }
    if value == .null || value == .string("") { return .some(nil) }
    guard let date = value.text.flatMap({ WireDate.parse($0.trimmingBlanks) }) else {
      refuse(name, "must be a date such as 2024-03-01T09:30:00+00:00")
      return nil
    }
    return .some(date)
  }
}
