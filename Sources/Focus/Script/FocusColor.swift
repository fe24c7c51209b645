import Foundation
import Primitives

/// A colour of hexadecimal digits.
struct FocusColor: Equatable {
  /// Three or six digits.
  private let digits: String

  static let white = FocusColor(digits: "ffffff")
  static let black = FocusColor(digits: "1d1d1f")
  static let blue = FocusColor(digits: "1a56c4")

  private init(digits: String) { self.digits = digits }

  /// Reads a colour, with or without `#`; nil for anything else, as it would stand in a style.
  init?(_ value: JSONValue?) {
    let digits = (value?.text ?? "").prefix(16).drop { $0 == "#" }
    guard [3, 6].contains(digits.count), digits.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
      return nil
    }
    self.digits = String(digits)
  }

  /// The colour as CSS has it.
  var css: String { "#\(digits)" }

  /// White or nearly black, whichever has the stronger contrast with this colour.
  var legible: FocusColor {
    contrast(with: .white) >= contrast(with: .black) ? .white : .black
  }

  /// The contrast with another colour by WCAG 2, 1 to 21.
  func contrast(with other: FocusColor) -> Double {
    let (one, two) = (luminance + 0.05, other.luminance + 0.05)
    return max(one, two) / min(one, two)
  }

  /// The relative luminance of WCAG 2, 0 to 1.
  private var luminance: Double {
    let values = digits.compactMap(\.hexDigitValue)
    let isShort = values.count == 3
    return zip(0..<3, [0.2126, 0.7152, 0.0722]).reduce(0) { sum, part in
      let (place, weight) = part
      let value = isShort ? values[place] * 17 : values[place * 2] * 16 + values[place * 2 + 1]
      let share = Double(value) / 255
      let linear = share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
      return sum + weight * linear
    }
  }
}
