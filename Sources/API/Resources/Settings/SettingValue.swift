/// Values of settings as they are on the wire, and as they are kept: as texts.
enum SettingValue {
  /// A kept value as it is answered: as what its setting is about, or as the text that it is where it is no such.
  static func json(_ text: String, of kind: SettingKind) -> JSONValue {
    switch kind {
    case .flag: Bool(text).map(JSONValue.bool) ?? .string(text)
    case .whole: Int(text).map(JSONValue.int) ?? .string(text)
    case .choice, .list, .text, .longText: .string(text)
    }
  }

  /// A value that was sent, as it is kept. Of a list each text may have a line of its own, or a place in an array.
  ///
  /// - Throws: `APIError` 400 for none and for one of a wrong kind.
  static func text(
    _ value: JSONValue?, for kind: SettingKind
  ) throws(APIError) -> String {
    guard let value, value != .null else {
      throw .validation([("value", ["must be given; reset goes back to the default"])])
    }
    switch kind {
    case .flag:
      guard let truth = value.truth else {
        throw .validation([("value", ["must be true or false"])])
      }
      return String(truth)
    case .list:
      guard let texts = value.elements?.map(\.text) ?? lines(value) else { break }
      let given = texts.compactMap { $0?.trimmingBlanks() }
      guard given.count == texts.count else { break }
      return given.filter { !$0.isEmpty }.joined(separator: ",")
    case .whole, .choice, .text:
      if let text = value.text { return text.trimmingBlanks() }
    case .longText:
      // Forms send the ends of lines as CR and LF.
      if let text = value.text { return text.replacing("\r\n", with: "\n") }
    }
    throw .validation([("value", ["must be a text, or for a list an array of texts"])])
  }

  private static func lines(_ value: JSONValue) -> [String?]? {
    value.text.map { $0.split(whereSeparator: \.isNewline).map { String($0) } }
  }
}

extension SettingKind {
  /// Its word in answers.
  var word: String {
    switch self {
    case .flag: "truth"
    case .whole: "integer"
    case .choice: "choice"
    case .list: "list"
    case .text: "text"
    case .longText: "longText"
    }
  }
}
