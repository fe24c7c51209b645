/// Names with short codes, and the families that they belong to.
struct CodedNames: Sendable {
  /// A name with its code, and its place in the list.
  struct Entry: Sendable {
    let code: String
    let name: String
    let place: Int
  }

  private let byName: [String: Entry]
  private let bySpelling: [String: Entry]
  private let families: [String: String]

  init(_ pairs: [[String]], families: [String: [String]] = [:]) {
    let entries = pairs.enumerated().compactMap { place, pair in
      pair.count == 2 ? Entry(code: pair[0], name: pair[1], place: place) : nil
    }
    byName = Dictionary(entries.map { ($0.name, $0) }) { first, _ in first }
    bySpelling = Dictionary(entries.map { (Self.spelling($0.name), $0) }) { first, _ in first }
    var byCode: [String: String] = [:]
    for (family, codes) in families.sorted(by: { $0.key < $1.key }) {
      for code in codes where byCode[code] == nil { byCode[code] = family }
    }
    self.families = byCode
  }

  /// The entry of a name exactly as it stands in the list.
  func exactly(_ name: String) -> Entry? { byName[name] }

  /// The entry of a name in any case, with or without blanks.
  func spelled(_ name: String) -> Entry? { bySpelling[Self.spelling(name)] }

  /// The family of a code.
  func family(ofCode code: String) -> String? { families[code] }

  /// The family of a name, or of a code.
  func family(of name: String) -> String? { families[byName[name]?.code ?? name] }

  static func spelling(_ name: String) -> String {
    name.lowercased().filter { $0 != " " }
  }
}
