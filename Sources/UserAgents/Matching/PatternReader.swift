import Primitives

/// Reads the syntax of regular expressions as far as the lists use it; anything else makes it give
/// up, which only means that the expression is tried on every text.
struct PatternReader {
  private let bytes: [UInt8]
  private var place = 0
  private var depth = 0

  private static let maximumDepth = 32

  init(_ pattern: String) { bytes = Array(pattern.utf8) }

  /// What is known of the pattern; `nil` if it is not understood.
  mutating func wholePattern() -> PatternPiece? {
    guard let piece = alternatives(), place == bytes.count else { return nil }
    return piece
  }

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func take(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard place + count <= bytes.count,
      (0..<count).allSatisfy({ bytes[place + $0] == text.utf8Start[$0] })
    else { return false }
    place += count
    return true
  }

  private mutating func alternatives() -> PatternPiece? {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maximumDepth else { return nil }
    guard var all = sequence() else { return nil }
    while take("|") {
      guard let piece = sequence() else { return nil }
      let exact = all.exact.flatMap { known in piece.exact.map { known + $0 } }
      var held = all.needed
      if let needed = piece.needed { held?.append(contentsOf: needed) } else { held = nil }
      if let count = held?.count, count > RequiredLiterals.maximumCount { held = nil }
      all = PatternPiece(
        exact: exact.flatMap { $0.count <= RequiredLiterals.maximumCount ? $0 : nil }, held: held)
    }
    return all
  }

  private mutating func sequence() -> PatternPiece? {
    var sequence = PatternSequence()
    while let byte = next, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
      guard let piece = atom(), let times = quantifier() else { return nil }
      sequence.append(piece.repeated(least: times.least, most: times.most))
    }
    return sequence.piece
  }

  private mutating func atom() -> PatternPiece? {
    guard let byte = next else { return nil }
    place += 1
    switch byte {
    case UInt8(ascii: "("): return group()
    case UInt8(ascii: "["): return set()
    case UInt8(ascii: "."): return .anything
    case UInt8(ascii: "^"), UInt8(ascii: "$"): return .empty
    case UInt8(ascii: "\\"): return escaped()
    case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"): return nil
    default: return PatternPiece(exact: [[byte.lowered]])
    }
  }

  private mutating func group() -> PatternPiece? {
    let isAssertion = take("?=") || take("?!") || take("?<=") || take("?<!")
    if !isAssertion, !take("?:"), !take("?>"), next == UInt8(ascii: "?") { return nil }
    guard let piece = alternatives(), take(")") else { return nil }
    return isAssertion ? .empty : piece
  }

  private mutating func escaped() -> PatternPiece? {
    guard let byte = next else { return nil }
    place += 1
    switch byte {
    case UInt8(ascii: "d"), UInt8(ascii: "D"), UInt8(ascii: "w"), UInt8(ascii: "W"),
      UInt8(ascii: "s"), UInt8(ascii: "S"):
      return .anything
    case UInt8(ascii: "b"), UInt8(ascii: "B"): return .empty
    case _ where byte.isLetter || byte.isDigit || byte >= 0x80: return nil
    default: return PatternPiece(exact: [[byte]])
    }
  }

  /// A set in brackets, of which only small ones without ranges are told apart.
  private mutating func set() -> PatternPiece? {
    let isNegated = take("^")
    var members = Set<UInt8>()
    var isLarge = isNegated
    var isFirst = true
    while let byte = next, isFirst || byte != UInt8(ascii: "]") {
      place += 1
      isFirst = false
      switch byte {
      case UInt8(ascii: "["):
        guard next != UInt8(ascii: ":") else { return nil }
        members.insert(byte)
      case UInt8(ascii: "\\"):
        guard let escaped = next else { return nil }
        place += 1
        if escaped.isLetter || escaped.isDigit { isLarge = true } else { members.insert(escaped) }
      case UInt8(ascii: "-"):
        // A range, unless it is the first or the last character.
        if !members.isEmpty, next != UInt8(ascii: "]") { isLarge = true }
        members.insert(byte)
      default: members.insert(byte.lowered)
      }
    }
    guard take("]") else { return nil }
    return isLarge || members.count > 4 ? .anything : PatternPiece(exact: members.map { [$0] })
  }

  /// How often the part before may stand; once if nothing is said.
  private mutating func quantifier() -> (least: Int, most: Int?)? {
    var times: (least: Int, most: Int?)
    if take("?") {
      times = (0, 1)
    } else if take("*") {
      times = (0, nil)
    } else if take("+") {
      times = (1, nil)
    } else if let braces = counts() {
      times = braces
    } else {
      return (1, 1)
    }
    // Lazy and possessive ones match the same texts, or fewer.
    if !take("?") { _ = take("+") }
    return times.least <= 100 ? times : nil
  }

  /// `{3}`, `{3,}` or `{3,5}`; another brace is an ordinary character.
  private mutating func counts() -> (least: Int, most: Int?)? {
    let start = place
    guard take("{"), let least = number() else {
      place = start
      return nil
    }
    var most: Int? = least
    if take(",") { most = number() }
    guard take("}") else {
      place = start
      return nil
    }
    return (least, most)
  }

  private mutating func number() -> Int? {
    let digits = bytes[place...].prefix { $0.isDigit }.prefix(4)
    place += digits.count
    return Int(String(decoding: digits, as: UTF8.self))
  }
}
