/// Picks a variant by weights, the same for a contact each time: nothing needs to be stored, and pages do not change
/// while somebody reads them.
enum VariantChoice {
  /// Returns the index of the variant for a contact; nil for the content itself, which gets what the weights leave of
  /// 100 percent.
  ///
  /// - Parameter weights: The shares of the variants in percent; what goes beyond 100 together is passed over.
  static func place(of contact: Int64, in content: Int64, weights: [Int]) -> Int? {
    let point = percentile(contact, content)
    var end = 0
    for (index, weight) in weights.enumerated() {
      end += min(max(weight, 0), 100 - end)
      if point < end { return index }
    }
    return nil
  }

  /// A number from 0 to 99 that is spread evenly over contacts, and differs between contents (FNV-1a, mixed).
  private static func percentile(_ contact: Int64, _ content: Int64) -> Int {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in "\(content):\(contact)".utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    hash = (hash ^ (hash >> 33)) &* 0xff51_afd7_ed55_8ccd
    hash ^= hash >> 33
    return Int(hash % 100)
  }
}
