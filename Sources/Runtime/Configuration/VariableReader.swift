import Configuration

/// Reads typed values by a variable's name and collects problems instead of stopping at the first.
struct VariableReader {
  private let reader: ConfigReader
  private(set) var problems: [ConfigurationProblem] = []

  init(_ layers: [[String: String]]) {
    reader = ConfigReader(
      providers: layers.map { layer in
        // An empty variable counts as one that is not set, as compose files write it.
        EnvironmentVariablesProvider(environmentVariables: layer.filter { !$0.value.isEmpty })
      })
  }

  mutating func fail(_ name: String, _ text: String) {
    problems.append(ConfigurationProblem(name, text))
  }

  func text(_ name: String) -> String? {
    reader.string(forKey: ConfigKey([name.lowercased()]))?.trimmedBlanks
  }

  /// A value that `convert` accepts, or the standard one; a refusal is a problem.
  mutating func value<T>(
    _ name: String, _ standard: T, expected: String, secret: Bool = false,
    _ convert: (String) -> T?
  ) -> T {
    guard let text = text(name) else { return standard }
    if let value = convert(text) { return value }
    let shown = secret ? "the value" : "\"\(Redaction.redact(text))\""
    fail(name, "\(shown) is not \(expected)")
    return standard
  }

  /// A value that `convert` accepts; nil where none is given, and for a refused one, which is a problem.
  mutating func optional<T>(
    _ name: String, expected: String, secret: Bool = false, _ convert: (String) -> T?
  ) -> T? {
    value(name, T?.none, expected: expected, secret: secret) { text in
      convert(text).map { .some($0) }
    }
  }

  mutating func integer(_ name: String, _ standard: Int, _ range: ClosedRange<Int>) -> Int {
    let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    return value(name, standard, expected: expected) { text in
      Int(text).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  mutating func duration(_ name: String, _ standard: Duration) -> Duration {
    value(name, standard, expected: "a duration such as 25, 25s, 500ms or 2m", DurationText.parse)
  }

  mutating func choice<T: RawRepresentable & CaseIterable>(_ name: String, _ standard: T) -> T
  where T.RawValue == String {
    let names = T.allCases.map(\.rawValue).joined(separator: ", ")
    return value(name, standard, expected: "one of \(names)") { T(rawValue: $0.lowercased()) }
  }

  mutating func flag(_ name: String) -> Bool {
    value(name, false, expected: "1 or 0") { text in
      switch text.lowercased() {
      case "1", "true", "yes": true
      case "0", "false", "no": false
      default: nil
      }
    }
  }
}
