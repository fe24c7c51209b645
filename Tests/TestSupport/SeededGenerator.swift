/// Random numbers that a printed seed brings back (SplitMix64).
public struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  /// A generator with a seed.
  public init(seed: UInt64) { state = seed }

  /// The next number.
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// One of the elements.
  public mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int(next() % UInt64(elements.count))]
  }

  /// Returns true once in `times`, on average.
  public mutating func once(in times: UInt64) -> Bool { next() % times == 0 }

  /// Some of the elements, perhaps none.
  public mutating func some<Element>(_ elements: [Element], oneIn: UInt64 = 3) -> [Element] {
    elements.filter { _ in once(in: oneIn) }
  }
}
