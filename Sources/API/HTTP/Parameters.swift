import Primitives

/// Parameters, read leniently as PHP does: a number may come as text, a list as a list,
/// an object with numbers for keys, or text with commas.
extension JSONValue {
  /// The text of a string, a number or a boolean (`1`, `0`).
  package var text: String? {
    switch self {
    case .string(let text): text
    case .int(let number): String(number)
    case .double(let number): String(decoding: JSONValue.double(number).rendered, as: UTF8.self)
    case .bool(let bool): bool ? "1" : "0"
    case .null, .array, .object: nil
    }
  }

  /// A whole number, or text that is one.
  package var integer: Int? {
    switch self {
    case .int(let number): number
    case .double(let number): Int(exactly: number)
    case .string(let text): Int(text.trimmingBlanks)
    case .bool(let bool): bool ? 1 : 0
    case .null, .array, .object: nil
    }
  }

  /// The truth of a boolean member (API page, section 3); nil for a text that is neither.
  package var truth: Bool? {
    switch self {
    case .bool(let bool): return bool
    case .int(let number): return number != 0
    case .double(let number): return number != 0
    case .null: return false
    case .array, .object: return nil
    case .string(let text):
      let word = text.trimmingBlanks
      return word.isEmpty ? false : BooleanWord.parse(word, trimming: false)
    }
  }

  /// The value of a JSON text, such as a field of a form brings.
  ///
  /// - Parameter member: What the text is the value of.
  /// - Throws: `APIError` 400 that names the member.
  package init(json text: String, of member: String) throws(APIError) {
    do {
      self = try JSONParser.parse(text.utf8)
    } catch {
      throw .validation([(member, ["does not parse: \(error.message) at byte \(error.offset)"])])
    }
  }

  /// The values of an array or an object; nil for anything else.
  package var elements: [JSONValue]? {
    switch self {
    case .array(let items): items
    case .object(let object): object.members.map(\.value)
    default: nil
    }
  }

  /// A list of texts: an array, an object by position, or text with commas.
  package var commaList: [String] {
    if let elements { return elements.compactMap(\.text) }
    guard let text else { return [] }
    return text.split(separator: ",").map { String($0).trimmingBlanks }.filter { !$0.isEmpty }
  }

  /// The members of an object. PHP writes an empty one as `[]`, so an empty array is one too.
  package var asObject: JSONObject? {
    switch self {
    case .object(let object): object
    case .array(let items) where items.isEmpty: [:]
    default: nil
    }
  }
}

extension String {
  /// The text without the blanks at both ends.
  var trimmingBlanks: String { self[...].trimmingBlanks() }
}
