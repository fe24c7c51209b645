/// Guesses the encoding of text with one byte per character from its letters.
///
/// Every encoding reads every text somehow; what tells them apart is whether words come out. Each byte beyond
/// ASCII adds to an encoding's score if it becomes a letter that is frequent in the languages of that
/// encoding, and takes away from it if it becomes a sign inside a word, a capital after a small letter, or a
/// rare letter. Without an encoding that makes words of most of them there is no guess: so for text in other
/// encodings, such as those of Chinese or Japanese.
enum EncodingGuess {
  /// Returns the likely encoding; nil if none makes sense of the bytes.
  static func narrow(_ sample: UnsafeRawBufferPointer) -> TextEncoding? {
    var best: (encoding: TextEncoding, score: Double)?
    for profile in Profile.all {
      guard let score = profile.score(sample) else { continue }
      if let best, score <= best.score + 0.001 { continue }
      best = (profile.encoding, score)
    }
    guard let best, best.score >= 0.3 else { return nil }
    return best.encoding
  }
}

/// The letters that an encoding is used for.
private struct Profile {
  /// The scripts, which mix their letters with those of ASCII, or do not.
  private enum Script { case western, latin, other }

  let encoding: TextEncoding
  private let script: Script
  private let table: [UInt16]
  private let frequent: Set<UInt16>
  private let rare: Set<UInt16>
  /// What the encoding has ahead of the others, because it is so much more in use.
  private let head: Double

  private init(
    _ encoding: TextEncoding, _ script: Script, frequent: String, rare: String, head: Double = 0
  ) {
    func letters(_ text: String) -> Set<UInt16> {
      Set(text.unicodeScalars.map { UInt16(truncatingIfNeeded: $0.value) })
    }
    self.encoding = encoding
    self.script = script
    self.frequent = letters(frequent)
    self.rare = letters(rare)
    self.head = head
    table = CodePage.table(encoding)
  }

  /// In the order in which equally good ones are preferred.
  static let all: [Profile] = {
    let western = "éèäöüßáíóñçàâêôîãåøæëúÉÈÄÖÜÁÍÓÑÇÀÂÊÔÎÃÅØÆËÚ"
    let westernRare = "šžŠŽƒþðÞÐýÝŸÿµªº"
    let central = "ąćęłńóśźżŁŚŻČŠŽáčďéěíňřšťúůýžőűöüăâîşţđä"
    return [
      Profile(.windows1252, .western, frequent: western, rare: westernRare, head: 0.25),
      Profile(.windows1250, .latin, frequent: central, rare: "ŕĺľôÔŔĹ"),
      Profile(
        .windows1251, .other, frequent: "оеаинтсрвлкмдпуяыьзбгйчС", rare: "ЂЃђѓѕЅјЈЉЊЌЋЏљњќћџ"),
      Profile(.windows1253, .other, frequent: "αοιετσνηυρπκμλςάόίέήγδθ", rare: "ΰΐϋΪΫ"),
      Profile(.windows1254, .latin, frequent: "ğışİŞçöüÇÖÜâ", rare: "ãõåæøñêëìòðþ"),
      Profile(.macintosh, .western, frequent: western, rare: westernRare),
      Profile(.latin2, .latin, frequent: central, rare: "ŕĺľôÔŔĹ"),
      Profile(.latin9, .western, frequent: western, rare: westernRare),
    ]
  }()

  private static let apostrophe: UInt16 = 0x2019
  private static let currencySign: UInt16 = 0xA4
  private static let punctuation = Set(
    "“”„‚‘’–—…€\u{A0}«»§°•´№®™©·".unicodeScalars.map { UInt16(truncatingIfNeeded: $0.value) })
  /// The number of bytes beyond ASCII that are looked at.
  private static let enough = 20_000

  /// Returns the mean of what the bytes beyond ASCII say for the encoding; nil if it does not define one.
  func score(_ sample: UnsafeRawBufferPointer) -> Double? {
    var total = 0.0
    var (count, letters, capitals) = (0, 0, 0)
    for index in 0..<sample.count where sample[index] >= 0x80 {
      let here = Sign(sample, index, table)
      guard here.value != 0, here.value > 0x9F else { return nil }
      let before = Sign(sample, index - 1, table)
      let after = Sign(sample, index + 1, table)
      count += 1
      if here.isLetter {
        letters += 1
        if here.isCapital { capitals += 1 }
        let precedes = index > 1 && sample[index - 2] >= 0x80
        total += weight(here, before, after, afterTwo: precedes, isLow: sample[index] < 0xA0)
      } else if here.value == Self.currencySign {
        total -= 1
      } else if before.isLetter, after.isLetter {
        total += here.value == Self.apostrophe ? 1 : -2
      } else if Self.punctuation.contains(here.value) {
        total += 0.1
      } else {
        total -= before.isLetter || after.isLetter ? 1.5 : 0.2
      }
      if count == Self.enough { break }
    }
    guard count > 0 else { return nil }
    // Names begin with capitals.
    let lacksCapitals = script == .other && letters >= 4 && capitals == 0
    return total / Double(count) + head - (lacksCapitals ? 0.7 : 0)
  }

  /// Returns what a letter says, given those beside it.
  private func weight(
    _ here: Sign, _ before: Sign, _ after: Sign, afterTwo precedes: Bool, isLow: Bool
  ) -> Double {
    var weight = frequent.contains(here.value) ? 1 : rare.contains(here.value) ? -1.5 : 0.25
    let isAfterHigh = before.isLetter && before.isHigh
    switch script {
    case .other:
      let meetsASCII =
        before.isLetter && !before.isHigh || after.isLetter && !after.isHigh
      let standsAlone = !isAfterHigh && !(after.isLetter && after.isHigh)
      weight -= meetsASCII ? 2 : standsAlone ? 0.5 : 0
    case .western:
      if isAfterHigh { weight -= 2 }
    case .latin:
      if isAfterHigh, precedes { weight -= 2 }
    }
    if here.isCapital, before.isSmall {
      weight -= 2
    } else if here.isCapital, before.isLetter, after.isSmall {
      weight -= 1.5
    }
    if !before.isLetter, !after.isLetter { weight = min(weight, 0) }
    // Windows has signs in 80–9F rather than letters.
    if isLow, encoding != .macintosh { weight -= 0.3 }
    return weight
  }
}

/// A character of a sample as an encoding reads it.
private struct Sign {
  let value: UInt16
  let isHigh: Bool
  let isLetter: Bool
  let isCapital: Bool
  let isSmall: Bool

  init(_ sample: UnsafeRawBufferPointer, _ index: Int, _ table: [UInt16]) {
    let byte = sample.indices.contains(index) ? sample[index] : 0
    isHigh = byte >= 0x80
    value = isHigh ? table[Int(byte) - 0x80] : UInt16(byte)
    let category = Unicode.Scalar(value)?.properties.generalCategory
    isCapital = category == .uppercaseLetter
    isSmall = category == .lowercaseLetter
    isLetter = isCapital || isSmall || category == .otherLetter || category == .titlecaseLetter
  }
}
