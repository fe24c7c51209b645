import Contacts
import Primitives

extension ReportSchedule {
  /// The most addresses.
  static let mostAddresses = 20

  /// Applies the members of an input.
  ///
  /// - Throws: `InvalidInput`.
  mutating func apply(_ input: ReportInput) throws(InvalidInput) {
    isActive = input.isScheduled ?? isActive
    if let text = input.scheduleUnit { unit = try Self.word(text, "scheduleUnit") }
    if let text = input.scheduleDay { day = try Self.word(text, "scheduleDay") }
    if let text = input.scheduleMonthFrequency {
      guard ["", "1", "-1"].contains(text) else {
        throw InvalidInput(
          "scheduleMonthFrequency", "\(InvalidInput.shown(text)) is none of 1, -1")
      }
      monthFrequency = text.isEmpty ? nil : text
    }
    if let text = input.toAddress {
      let clean = try RecordText.optional(text, "toAddress", limit: 2_000)
      if let wrong = Self.addresses(clean).first(where: { !EmailAddress.isValid($0) }) {
        throw InvalidInput("toAddress", "\(InvalidInput.shown(wrong)) is no e-mail address")
      }
      guard Self.addresses(clean).count <= Self.mostAddresses else {
        throw InvalidInput("toAddress", "more than \(Self.mostAddresses) addresses")
      }
      toAddress = clean
    }
    guard isActive else { return }
    guard let unit else { throw InvalidInput("scheduleUnit", "a value is required") }
    guard toAddress != nil else { throw InvalidInput("toAddress", "a value is required") }
    if unit == .weekly || unit == .monthly, day == nil {
      throw InvalidInput("scheduleDay", "a value is required for \(unit.rawValue)")
    }
    if unit == .monthly, monthFrequency == nil {
      throw InvalidInput("scheduleMonthFrequency", "a value is required for MONTHLY")
    }
  }

  /// The addresses.
  var addresses: [String] { Self.addresses(toAddress) }

  private static func addresses(_ text: String?) -> [String] {
    (text ?? "").split(separator: ",").map { $0.trimmingBlanks() }.filter { !$0.isEmpty }
  }

  private static func word<W: RawRepresentable<String> & CaseIterable>(
    _ text: String, _ member: String
  ) throws(InvalidInput) -> W? {
    guard !text.isEmpty else { return nil }
    guard let word = W(rawValue: text) else {
      let known = W.allCases.map(\.rawValue).joined(separator: ", ")
      throw InvalidInput(member, "\(InvalidInput.shown(text)) is none of \(known)")
    }
    return word
  }
}
