/// The countries: code of two letters, code of three letters (ISO 3166-1), the name that is stored, and the other names that
/// are in use, also in German, French, Spanish, Italian, Dutch and Portuguese.
enum CountryNames {
  /// The codes and names of one country, the stored name first.
  struct Entry {
    let name: String
    let others: [String]
  }

  static let all: [Entry] = (firstHalf + secondHalf).split(separator: "|").compactMap { entry in
    let words = entry.split(separator: "/").map { part in
      part.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
    return words.count > 2 ? Entry(name: words[2], others: Array(words[..<2]) + words[3...]) : nil
  }
}
