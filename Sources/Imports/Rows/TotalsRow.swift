import CSV
import Primitives

/// The last row of a report, which sums up those above it and is nobody (IMP-47).
enum TotalsRow {
  static let reason = "this is a row of totals: it has no address, and begins with a word for a sum"

  private static let words: Set<String> = [
    "total", "totals", "grandtotal", "sum", "summe", "gesamt", "gesamtsumme", "anzahl", "somme",
    "totale", "totaal", "suma", "count",
  ]

  /// Whether the first value of a row is a word for a sum, with or without a number.
  static func isOne(_ record: CSVParser) -> Bool {
    for column in 0..<record.fieldCount {
      let word: String? = record.withTrimmedField(column) { text in
        guard !text.isEmpty else { return nil }
        guard text.count <= 40 else { return "" }
        return String(decoding: text, as: UTF8.self).lowercased().filter(\.isLetter)
      }
      if let word { return words.contains(word) }
    }
    return false
  }
}
