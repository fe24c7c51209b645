extension FixedWidthInteger {
  /// The nearest integer towards zero; the least or greatest one for a value out of range, 0 for one that is not a
  /// number. Unlike `init(_:)` it never traps, so it is the one for values from outside.
  package init(saturating value: Double) {
    if let exact = Self(exactly: value.rounded(.towardZero)) {
      self = exact
    } else {
      self = value.isNaN ? 0 : value < 0 ? .min : .max
    }
  }
}

extension Int {
  /// The nearest integer towards zero, as for any integer; of its own, since the general form takes a hundred times as long.
  package init(saturating value: Double) {
    if value >= -0x1p63, value < 0x1p63 {
      self = Int(value)
    } else {
      self = value.isNaN ? 0 : value < 0 ? .min : .max
    }
  }
}
