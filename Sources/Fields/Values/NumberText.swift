import Primitives

/// Numbers as people and spreadsheets write them: with a decimal comma, digits in groups, a currency, a minus
/// in other places. They are turned into the plain form with a point.
enum NumberText {
  /// Returns the plain form of a number, such as `-1234.5`.
  ///
  /// - Parameter style: The decimal mark. If it names none, only numbers with one possible reading are taken:
  ///   `1,5` and `1.234,56`, but not `1,234`. A single point is a decimal point, unless the comma is likelier.
  /// - Throws: ``FieldProblem/notANumber`` or ``FieldProblem/ambiguousNumber``.
  static func plain(_ text: ValueBytes, _ style: ValueStyle) throws(FieldProblem) -> [UInt8] {
    var scalars = Array(text.string.unicodeScalars)
    let isNegative = takeSign(&scalars)
    guard scalars.first?.isDecimalDigit == true || isMark(scalars.first), scalars.count <= 400,
      let last = scalars.last, last.isDecimalDigit || isMark(last)
    else { throw .notANumber }
    let mark = try mark(scalars, style)
    var output: [UInt8] = isNegative ? [0x2D] : []
    let point = mark.flatMap { scalars.lastIndex(of: $0) } ?? scalars.endIndex
    output += try whole(scalars[..<point])
    guard point < scalars.endIndex else { return output }
    let fraction = scalars[(point + 1)...]
    guard fraction.allSatisfy(\.isDecimalDigit) else { throw .notANumber }
    guard output.last?.isDigit == true || !fraction.isEmpty else { throw .notANumber }
    output.append(0x2E)
    return output + fraction.map { UInt8(truncatingIfNeeded: $0.value) }
  }

  private static func isMark(_ scalar: Unicode.Scalar?) -> Bool { scalar == "." || scalar == "," }

  /// Takes signs, parentheses, currencies and blanks away from both ends.
  ///
  /// - Returns: Whether the number is negative.
  private static func takeSign(_ scalars: inout [Unicode.Scalar]) -> Bool {
    var isNegative = false
    var isSigned = false
    if scalars.first == "(", scalars.last == ")" {
      scalars = Array(scalars.dropFirst().dropLast())
      (isNegative, isSigned) = (true, true)
    }
    func isSign(_ scalar: Unicode.Scalar) -> Bool {
      guard !isSigned, scalar == "-" || scalar == "+" || scalar == "\u{2212}" else { return false }
      isNegative = scalar != "+"
      isSigned = true
      return true
    }
    var hasCurrency = false
    while let first = scalars.first {
      if isSign(first) || Blank.contains(first) {
        scalars.removeFirst()
      } else if !hasCurrency, let length = currency(scalars[...]) {
        scalars.removeFirst(length)
        hasCurrency = true
      } else {
        break
      }
    }
    while let last = scalars.last {
      if isSign(last) || Blank.contains(last) {
        scalars.removeLast()
      } else if !hasCurrency, let length = currency(ArraySlice(scalars.reversed())) {
        scalars.removeLast(length)
        hasCurrency = true
      } else {
        break
      }
    }
    return isNegative
  }

  /// The length of a currency at the beginning: a sign, or three capitals.
  private static func currency(_ scalars: ArraySlice<Unicode.Scalar>) -> Int? {
    guard let first = scalars.first else { return nil }
    if first.properties.generalCategory == .currencySymbol { return 1 }
    let letters = scalars.prefix { ("A"..."Z").contains($0) }.count
    return letters == 3 ? 3 : nil
  }

  /// Returns the decimal mark of a number; nil if it has none.
  private static func mark(
    _ scalars: [Unicode.Scalar], _ style: ValueStyle
  ) throws(FieldProblem) -> Unicode.Scalar? {
    let points = scalars.count { $0 == "." }
    let commas = scalars.count { $0 == "," }
    if let said = style.decimalMark {
      let mark: Unicode.Scalar = said == .comma ? "," : "."
      guard (said == .comma ? commas : points) <= 1 else { throw .notANumber }
      return scalars.contains(mark) ? mark : nil
    }
    if points > 0, commas > 0 {
      // The last one is the decimal mark, and the only one of its kind.
      let last = scalars.last { isMark($0) }
      guard (last == "," ? commas : points) == 1 else { throw .notANumber }
      return last
    }
    guard points + commas == 1 else { return nil }
    let mark: Unicode.Scalar = points == 1 ? "." : ","
    let isLikely = style.likelyMark == (mark == "," ? .comma : .point)
    let place = scalars.firstIndex(of: mark) ?? 0
    let mayGroup =
      (1...3).contains(place) && scalars[0] != "0" && scalars.count - place - 1 == 3
    if mayGroup, !isLikely { throw .ambiguousNumber }
    return mark
  }

  /// Returns the digits before the decimal mark. Groups are separated by one character throughout, have three
  /// digits, or two as in India, and the last one has three.
  private static func whole(
    _ scalars: ArraySlice<Unicode.Scalar>
  ) throws(FieldProblem) -> [UInt8] {
    guard let separator = scalars.first(where: { !$0.isDecimalDigit }) else {
      return scalars.map { UInt8(truncatingIfNeeded: $0.value) }
    }
    guard separators.contains(separator) else { throw .notANumber }
    let groups = scalars.split(separator: separator, omittingEmptySubsequences: false)
    guard groups.allSatisfy({ $0.allSatisfy(\.isDecimalDigit) }), let first = groups.first,
      (1...3).contains(first.count), groups.last?.count == 3,
      groups.dropFirst().dropLast().allSatisfy({
        $0.count == 3 || separator == "," && $0.count == 2
      })
    else { throw .notANumber }
    return groups.joined().map { UInt8(truncatingIfNeeded: $0.value) }
  }

  private static let separators: Set<Unicode.Scalar> = [
    ".", ",", " ", "'", "\u{2019}", "\u{A0}", "\u{2009}", "\u{202F}",
  ]
}

extension Unicode.Scalar {
  /// Whether it is an ASCII digit.
  fileprivate var isDecimalDigit: Bool { ("0"..."9").contains(self) }
}
