import Foundation
import Primitives

/// The operator's settings for e-mail; the names are those that people know from elsewhere (tracking.md
/// 17).
extension Setting where Value == String {
  /// The sender's name where an e-mail names none (EML-320).
  package static let mailerFromName = Setting<String>(
    name: "mailer_from_name", standard: "Martlet",
    type: "text of at most 191 characters without line breaks", effect: "sender's name",
    read: { SenderText.isName($0) ? $0 : nil }, write: { $0 })
  /// The sender's address where an e-mail names none (EML-320).
  package static let mailerFromAddress = Setting<String>(
    name: "mailer_from_email", standard: "martlet@localhost",
    type: "e-mail address such as news@example.com or martlet@localhost",
    effect: "sender's address",
    read: { SenderText.isAddress($0, orLocal: true) ? $0 : nil }, write: { $0 })
  /// The address for replies (EML-320).
  package static let mailerReplyTo = address(
    "mailer_reply_to_email", "address that answers go to; empty: the sender")
  /// The address for bounces (EML-420).
  package static let mailerReturnPath = Setting<String>(
    name: "mailer_return_path", standard: "",
    type: "empty, or e-mail address with at most 31 bytes before the @",
    effect: "address that bounces go to, with the send's hash; empty: the sender",
    // With the hash the part before the @ has 33 bytes more, and may have 64.
    read: { text in
      let isShort = text.utf8.prefix { $0 != UInt8(ascii: "@") }.count <= 31
      return text.isEmpty || isShort && SenderText.isAddress(text, orLocal: true) ? text : nil
    }, write: { $0 })
  /// The mailbox for unsubscribing (EML-302).
  package static let unsubscribeMailbox = address(
    "mailer_unsubscribe_mailbox", "mailbox for unsubscribing by mail")
  /// The monitored mailbox (EML-420).
  package static let bounceMailbox = Setting<String>(
    name: "mailer_bounce_mailbox", standard: "", type: "empty, maildir:PATH or mbox:PATH",
    effect: "mailbox that is looked into for bounces: maildir:PATH, mbox:PATH",
    read: { SenderText.isMailbox($0) ? $0 : nil }, write: { $0 })
  /// Domains that may stand in From (EML-332).
  package static let verifiedDomains = Setting<String>(
    name: "mailer_verified_domains", standard: "",
    type: "empty, or domains such as example.com, with commas, of at most 10000 characters",
    effect: "domains that senders may have, with commas; empty: any", shape: .list,
    read: { SenderText.areDomains($0) ? $0 : nil }, write: { $0 })
  /// The text of `{unsubscribe_text}` (EML-206).
  package static let unsubscribeText = text(
    "unsubscribe_text",
    "<a href=\"|URL|\">Unsubscribe</a> to no longer receive emails from us.",
    "text of {unsubscribe_text}")
  /// The text of `{webview_text}` (EML-206).
  package static let webviewText = text(
    "webview_text", "<a href=\"|URL|\">Having trouble reading this email? Click here.</a>",
    "text of {webview_text}")
  /// The signature without an owner's (EML-330).
  package static let signatureText = text(
    "default_signature_text", "Best regards,<br/>|FROM_NAME|", "signature where no owner has one")
  /// The message after unsubscribing (EML-402).
  package static let unsubscribeMessage = text(
    "unsubscribe_message",
    "We are sorry to see you go! |EMAIL| will no longer receive emails from us. If this was by mistake, <a href=\"|URL|\">click here to re-subscribe</a>.",
    "page after unsubscribing")
  /// The message after subscribing again (EML-406).
  package static let resubscribeMessage = text(
    "resubscribe_message",
    "|EMAIL| has been re-subscribed. If this was by mistake, <a href=\"|URL|\">click here to unsubscribe</a>.",
    "page after subscribing again")
  /// The unit of the system's frequency rule (EML-240).
  package static let emailFrequencyTime = Setting<String>(
    name: "email_frequency_time", standard: "DAY", type: "DAY, WEEK or MONTH",
    effect: "the unit of email_frequency_number", shape: .choice(["DAY", "WEEK", "MONTH"]),
    read: { ["DAY", "WEEK", "MONTH"].contains($0) ? $0 : nil }, write: { $0 })
  /// URLs that are not counted (EML-350).
  package static let untrackedLinks = text(
    "untracked_links", "", "beginnings of URLs that are not counted, with commas", shape: .list)
  /// Addresses whose engagements are not recorded (EML-342).
  package static let ignoredAddresses = text(
    "do_not_track_ips", "",
    "addresses, networks a.b.c.d/n or 2001:db8::/n and patterns with * that are not tracked",
    shape: .list)
  /// User agents whose engagements are not recorded (EML-355).
  package static let ignoredAgents = text(
    "do_not_track_bots",
    "Googlebot,bingbot,Baiduspider,YandexBot,facebookexternalhit,Slackbot,Twitterbot,LinkedInBot,UptimeRobot,curl,Wget,python-requests,Python-urllib,axios,okhttp,Go-http-client,Apache-HttpClient,spider,crawler,Barracuda",
    "words of user agents that are not tracked, with commas", shape: .list)
  /// The form of dates (EML-201).
  package static let dateFormat = text(
    "date_format_dateonly", "F j, Y", "form of dates in e-mails, in the letters of PHP",
    shape: .text)
  /// The form of times (EML-201).
  package static let timeFormat = text(
    "date_format_timeonly", "g:i a", "form of times in e-mails, in the letters of PHP", shape: .text
  )

  private static func address(_ name: String, _ effect: String) -> Setting<String> {
    Setting<String>(
      name: name, standard: "", type: "empty, or e-mail address such as news@example.com",
      effect: effect, read: { $0.isEmpty || SenderText.isAddress($0) ? $0 : nil }, write: { $0 })
  }

  private static func text(
    _ name: String, _ standard: String, _ effect: String, shape: SettingShape = .longText
  ) -> Setting<String> {
    Setting<String>(
      name: name, standard: standard, type: "text of at most 10000 characters", effect: effect,
      shape: shape,
      read: { $0.count <= 10_000 && !$0.contains("\0") ? $0 : nil }, write: { $0 })
  }
}

/// The values allowed for senders: they stand in the headers of every message.
private enum SenderText {
  static func isName(_ text: String) -> Bool {
    text.unicodeScalars.count <= 191 && isOneLine(text)
  }

  /// - Parameter isLocal: Whether the domain may be a single word, as the names of machines are.
  static func isAddress(_ text: String, orLocal isLocal: Bool = false) -> Bool {
    guard text.count <= EmailAddress.maximumLength, !text.contains(where: \.isWhitespace) else {
      return false
    }
    return EmailAddress.isValid(text) || isLocal && EmailAddress.isValid("\(text).test")
  }

  static func isMailbox(_ text: String) -> Bool {
    guard !text.isEmpty else { return true }
    let isKnown = ["maildir:", "mbox:"].contains { text.hasPrefix($0) && text != $0 }
    return isKnown && text.utf8.count <= 4096 && isOneLine(text)
  }

  static func areDomains(_ text: String) -> Bool {
    guard text.count <= 10_000 else { return false }
    return text.split(separator: ",").map { $0.trimmingBlanks() }
      .allSatisfy { $0.isEmpty || isAddress("x@\($0)", orLocal: true) }
  }

  private static func isOneLine(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: false
      default: true
      }
    }
  }
}

extension Setting where Value == Int {
  /// The number of the system's frequency rule (EML-240).
  package static let emailFrequencyNumber = whole(
    "email_frequency_number", 0, 0...1_000_000, effect: "marketing e-mails to a contact; 0 no rule")
  /// The transport's rate (EML-230).
  package static let mailPerSecond = whole(
    "mail_rate_limit", 0, 0...1_000_000, effect: "messages a second over all workers, 0 no limit")
  /// The transport's rate (EML-230).
  package static let mailPerHour = whole(
    "mail_hour_limit", 0, 0...1_000_000_000, effect: "messages an hour over all workers, 0 no limit"
  )
  /// The transport's rate (EML-230).
  package static let mailPerDay = whole(
    "mail_day_limit", 0, 0...1_000_000_000, effect: "messages a day over all workers, 0 no limit")
  /// The transport's connections (EML-230).
  package static let mailConnections = whole(
    "mail_connection_limit", 8, 1...1000, effect: "connections to the transport over all workers")
  /// The number of messages per connection (EML-230).
  package static let mailPerConnection = whole(
    "mail_messages_per_connection", 100, 1...100_000, effect: "messages that one connection carries"
  )
  /// The largest message (email.md 17).
  package static let mailSizeLimit = whole(
    "mail_size_limit", 10 << 20, 1000...(1 << 30),
    effect: "bytes of a message; a larger one is not sent")
}

extension Setting where Value == Bool {
  /// Whether a contact's owner is the sender (EML-330).
  package static let mailerIsOwner = flag(
    "mailer_is_owner", false, effect: "whether a contact's owner is the sender of its e-mails")
  /// Whether opens are seen (EML-304).
  package static let trackingPixel = flag(
    "mailer_append_tracking_pixel", true,
    effect: "whether e-mails carry a picture that tells of opens")
  /// Whether links are counted (EML-350).
  package static let trackableLinks = flag(
    "mailer_track_links", true, effect: "whether links in e-mails lead through a counter")
  /// Whether a link alone unsubscribes (EML-402).
  package static let asksBeforeUnsubscribing = flag(
    "unsubscribe_needs_button", false,
    effect: "whether unsubscribing by a link needs a button as well")
  /// Whether there is a preference centre (EML-404).
  package static let showsPreferences = flag(
    "show_contact_preferences", false,
    effect: "whether unsubscribe links lead to a preference centre")
  /// Whether it offers a frequency.
  package static let showsFrequency = flag(
    "show_contact_frequency", false, effect: "whether it offers how often to be written to")
  /// Whether it offers a pause.
  package static let showsPause = flag(
    "show_contact_pause_dates", false, effect: "whether it offers a pause")
  /// Whether it offers the preferred channel.
  package static let showsChannels = flag(
    "show_contact_preferred_channels", false, effect: "whether it offers the preferred channel")
  /// Whether it offers categories.
  package static let showsCategories = flag(
    "show_contact_categories", false, effect: "whether it offers categories")
  /// Whether it offers segments.
  package static let showsSegments = flag(
    "show_contact_segments", false, effect: "whether it offers segments")
}
