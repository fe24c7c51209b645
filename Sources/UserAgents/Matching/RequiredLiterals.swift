import Primitives

/// The fragments of text that a regular expression needs, found without matching it.
///
/// Thousands of expressions have to be tried on a text. Nearly all of them hold a fragment without
/// which they cannot match, such as `SM-A5`; one pass over the text that looks for all fragments
/// (``LiteralIndex``) leaves the few that can.
enum RequiredLiterals {
  /// The shortest fragment that is looked for.
  static let minimumLength = 3
  /// The longest fragment; of longer ones the beginning is looked for.
  static let maximumLength = 24
  /// The fragments of an expression, beyond which it is always tried.
  static let maximumCount = 2_000

  /// Returns fragments in lower case of which every match of a pattern holds at least one.
  ///
  /// - Returns: `nil` if there are none, or the pattern has a form that is not understood here: it
  ///   has to be tried on every text.
  static func of(_ pattern: String) -> [[UInt8]]? {
    var reader = PatternReader(pattern)
    guard let piece = reader.wholePattern(), let needed = piece.needed,
      let shortest = needed.map(\.count).min(), shortest >= minimumLength,
      needed.count <= maximumCount
    else { return nil }
    return Array(Set(needed.map { Array($0.prefix(maximumLength)) }))
  }

  /// How much a set of fragments helps: long ones more than short ones, few more than many, and
  /// those that nearly every user agent holds hardly at all. 0 is no help.
  static func worth(_ fragments: [[UInt8]]) -> Int {
    guard let shortest = fragments.map(\.count).min(), shortest >= minimumLength,
      fragments.count <= maximumCount
    else { return 0 }
    if fragments.contains(where: isCommon) { return 1 }
    let digits = Int.bitWidth - fragments.count.leadingZeroBitCount
    return max(2, 8 * min(shortest, 12) - 2 * digits)
  }

  private static func isCommon(_ fragment: [UInt8]) -> Bool {
    common.contains { text in
      text.count >= fragment.count
        && (0...text.count - fragment.count).contains { text[$0...].starts(with: fragment) }
    }
  }

  /// What nearly every browser sends.
  private static let common: [[UInt8]] = [
    "mozilla/5.0 (linux; u; android 1", "mozilla/5.0 (windows nt 10.0; win64; x64)",
    "mozilla/5.0 (x11; linux x86_64)", "mozilla/5.0 (iphone; cpu iphone os 1",
    "mozilla/5.0 (macintosh; intel mac os x 10", "like mac os x)",
    ") applewebkit/537.36 (khtml, like gecko) version/4.0 chrome/1", " mobile safari/537.36",
    " safari/60", " gecko/20100101 firefox/1", " build/",
  ].map { Array($0.utf8) }
}

/// What is known of a part of a pattern.
struct PatternPiece {
  /// All texts that the part matches, in lower case; `nil` if they are too many.
  var exact: [[UInt8]]?
  /// Texts of which every match holds at least one; `nil` if there are none.
  var held: [[UInt8]]?

  /// The better of both.
  var needed: [[UInt8]]? {
    let exactWorth = exact.map(RequiredLiterals.worth) ?? 0
    let heldWorth = held.map(RequiredLiterals.worth) ?? 0
    if exactWorth == 0, heldWorth == 0 { return nil }
    return exactWorth >= heldWorth ? exact : held
  }

  /// Matches nothing but the empty text: an anchor, or an assertion, which only says more.
  static let empty = PatternPiece(exact: [[]])
  /// Matches anything.
  static let anything = PatternPiece()

  /// The part, any number of times from `least` to `most`.
  func repeated(least: Int, most: Int?) -> PatternPiece {
    switch (least, most) {
    case (1, 1): return self
    case (0, 1): return PatternPiece(exact: exact.flatMap { $0.count < 8 ? [[]] + $0 : nil })
    case (0, _): return .anything
    default:
      guard least == most, least <= 4, let exact, exact.count == 1 else {
        return PatternPiece(held: needed)
      }
      return PatternPiece(exact: [Array((0..<least).map { _ in exact[0] }.joined())])
    }
  }
}

/// Parts of a pattern in sequence.
struct PatternSequence {
  /// The texts at which the sequence so far can end, as far back as they are known.
  private var run: [[UInt8]] = [[]]
  private var isWhole = true
  private var best: [[UInt8]]?
  private var bestWorth = 0

  mutating func append(_ piece: PatternPiece) {
    if let exact = piece.exact {
      let length = (run.map(\.count).max() ?? 0) + (exact.map(\.count).max() ?? 0)
      if run.count * exact.count <= 16, length <= 2 * RequiredLiterals.maximumLength {
        run = run.flatMap { start in exact.map { start + $0 } }
        return
      }
      offer(run)
      isWhole = false
      run = exact.count <= 16 ? exact : [[]]
      offer(exact)
    } else {
      offer(run)
      isWhole = false
      run = [[]]
      if let held = piece.held { offer(held) }
    }
  }

  var piece: PatternPiece {
    if isWhole { return PatternPiece(exact: run) }
    var copy = self
    copy.offer(run)
    return PatternPiece(held: copy.best)
  }

  private mutating func offer(_ fragments: [[UInt8]]) {
    let worth = RequiredLiterals.worth(fragments)
    if worth > bestWorth { (best, bestWorth) = (fragments, worth) }
  }
}
