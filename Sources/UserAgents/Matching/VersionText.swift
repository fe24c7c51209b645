import Primitives

/// Versions as texts: runs of digits and of letters, with anything else between them.
enum VersionText {
  /// Compares two versions part by part: numbers as numbers, words before numbers, and the longer
  /// one after the shorter if they are alike up to its end.
  ///
  /// - Returns: Less than, equal to or greater than 0, as the first is before, like or after the
  ///   second. The empty version is before all numbers.
  static func compare(_ first: String, _ second: String) -> Int {
    let (first, second) = (parts(first), parts(second))
    for (left, right) in zip(first, second) {
      let order = compare(left, right)
      if order != 0 { return order }
    }
    if first.count > second.count { return isNumber(first[second.count]) ? 1 : -1 }
    if first.count < second.count { return isNumber(second[first.count]) ? -1 : 1 }
    return 0
  }

  /// The digits at the beginning, without zeros before them; empty for none.
  static func major(_ version: String) -> Substring {
    version.prefix { $0.isASCII && $0.isNumber }.drop { $0 == "0" }
  }

  /// Cuts a version after a number of parts between points.
  static func cut(_ version: String, parts limit: Int?) -> String {
    guard let limit else { return version }
    return version.split(separator: ".", omittingEmptySubsequences: false).prefix(limit)
      .joined(separator: ".")
  }

  private static func isNumber(_ part: Substring.UTF8View) -> Bool { part.first?.isDigit ?? false }

  private static func parts(_ version: String) -> [Substring.UTF8View] {
    var parts: [Substring.UTF8View] = []
    var rest = Substring(version).utf8
    while let first = rest.first {
      let run = rest.prefix { byte in
        first.isDigit ? byte.isDigit : first.isLetter && byte.isLetter
      }
      if run.isEmpty {
        rest = rest.dropFirst()
      } else {
        parts.append(run)
        rest = rest.dropFirst(run.count)
      }
    }
    return parts
  }

  private static func compare(_ left: Substring.UTF8View, _ right: Substring.UTF8View) -> Int {
    switch (isNumber(left), isNumber(right)) {
    case (true, false): return 1
    case (false, true): return -1
    case (false, false):
      if left.elementsEqual(right) { return 0 }
      return left.lexicographicallyPrecedes(right) ? -1 : 1
    case (true, true):
      // Numbers of any length, so nothing is computed with them.
      let zero = UInt8(ascii: "0")
      let (left, right) = (left.drop { $0 == zero }, right.drop { $0 == zero })
      if left.count != right.count { return left.count < right.count ? -1 : 1 }
      if left.elementsEqual(right) { return 0 }
      return left.lexicographicallyPrecedes(right) ? -1 : 1
    }
  }
}
