/// Why somebody must not be written to.
enum DoNotContact {
  /// The channels that can always be shut.
  static let channels = ["email", "sms", "notification"]

  /// A channel as people call it.
  static func channel(_ name: String, _ page: PageRequest) -> String {
    switch name {
    case "email": page.texts("E-mail")
    case "sms": page.texts("Text message")
    case "notification": page.texts("Push notification")
    default: name
    }
  }

  /// A reason by its number in the contract.
  static func reason(_ number: Int, _ page: PageRequest) -> String {
    switch number {
    case 0: page.texts("contactable again")
    case 1: page.texts("unsubscribed")
    case 2: page.texts("bounced")
    default: page.texts("set by hand")
    }
  }
}
