import TestSupport
import Testing

@testable import Imports

struct KeyTests {
  /// Keys in several parts are found whatever the number of passes; all others are not.
  @Test(arguments: [1, 2, 5, 17])
  func contestedKeys(_ perPass: Int) {
    var random = SeededGenerator(seed: UInt64(perPass))
    let parts = (0..<9).map { _ in
      (0..<20).map { _ in UInt64.random(in: 1...120, using: &random) &* 0x1234_5678_9ABC_DEF1 }
    }
    let passes = ContestedKeys.passes(keys: 180, perPass: perPass * 20)
    var found = [Set<UInt64>](repeating: [], count: parts.count)
    for pass in 0..<passes {
      var table = ContestedKeys(keys: 180, pass: pass, of: passes)
      for (number, keys) in parts.enumerated() { table.add(keys, part: number) }
      for (number, keys) in parts.enumerated() {
        found[number].formUnion(table.contested(among: keys))
      }
    }
    for (number, keys) in parts.enumerated() {
      let expected = Set(keys).filter { key in
        parts.enumerated().contains { $0.offset != number && $0.element.contains(key) }
      }
      #expect(found[number] == expected)
    }
  }

  @Test func internersNumberInTheOrderOfAppearance() {
    var random = SeededGenerator(seed: 7)
    var interner = ByteInterner()
    var seen: [String] = []
    for _ in 0..<5_000 {
      let text = String(UInt64.random(in: 0..<900, using: &random), radix: 36)
      let number = Array(text.utf8).withUnsafeBytes { interner.intern($0) }
      if Int(number) == seen.count { seen.append(text) }
      #expect(seen[Int(number)] == text)
    }
    #expect(interner.texts == seen)
  }

  /// Folding is associative: the cuts of a file do not matter.
  @Test func foldingIsAssociative() {
    let cells = [Cell.none, .clear, Cell(number: 1), Cell(number: 2)]
    for rule in [Fold.Rule.last, .firstValue] {
      for a in cells {
        for b in cells {
          for c in cells {
            let left = Fold.compose(Fold.compose(a, b, rule), c, rule)
            let right = Fold.compose(a, Fold.compose(b, c, rule), rule)
            // Under skip-if-exists clearing has no effect, at any position.
            func effect(_ cell: Cell) -> Cell {
              rule == .firstValue && cell.state == .clear ? .none : cell
            }
            #expect(effect(left) == effect(right))
          }
        }
      }
    }
  }

  @Test(arguments: [
    ("2026-11-21 07:33:57.123456+00", 1_795_246_437_123_456), ("1969-12-31 23:59:59", -1_000_000),
    ("2000-02-29 00:00:00+00", 951_782_400_000_000),
  ])
  func instants(_ text: String, _ microseconds: Int64) {
    let whole = microseconds / 1_000_000 * 1_000_000
    #expect(InstantText.microseconds(canonical: text.utf8) == whole)
  }
}
