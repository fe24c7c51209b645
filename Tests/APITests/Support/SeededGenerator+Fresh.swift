import TestSupport

extension SeededGenerator {
  /// A seed for this run.
  static var fresh: UInt64 { .random(in: 0...UInt64.max) }
}
