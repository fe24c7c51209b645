import Primitives

/// A text that expressions are matched with, and which of them can match.
struct MatchedText {
  let bytes: [UInt8]
  private let set: ExpressionSet
  private let candidates: [UInt64]
  private let memory: MatchMemory

  init(_ bytes: [UInt8], _ set: ExpressionSet, _ memory: MatchMemory) {
    self.bytes = bytes
    self.set = set
    self.memory = memory
    candidates = set.index.candidates(bytes.map(\.lowered))
  }

  /// Matches one expression.
  func match(_ number: Int) -> AgentMatch? {
    guard candidates[number / 64] >> UInt64(number % 64) & 1 == 1, !memory.isExhausted else {
      return nil
    }
    return set.expression(number)?.match(bytes, with: memory)
  }

  /// Whether one expression matches.
  func matches(_ number: Int) -> Bool { match(number) != nil }

  /// The first expression of a list that matches, and its place in the list.
  func first(of numbers: Range<Int>) -> (place: Int, match: AgentMatch)? {
    var number = numbers.lowerBound
    while number < numbers.upperBound {
      let word = candidates[number / 64] >> UInt64(number % 64)
      guard word != 0 else {
        number = (number / 64 + 1) * 64
        continue
      }
      number += word.trailingZeroBitCount
      guard number < numbers.upperBound else { break }
      if let match = match(number) { return (number - numbers.lowerBound, match) }
      number += 1
    }
    return nil
  }
}
