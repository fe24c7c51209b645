package import Foundation

/// The address and the signing key of this installation. Fixed for the life of a process.
package struct MailSite: Sendable, Equatable {
  /// The base of links, without a slash at its end.
  package var url: String
  /// The key for signatures.
  package var secret: String

  package init(url: String, secret: String) {
    self.url = url
    self.secret = secret
  }

  /// The host name in the base of links, for Message-IDs.
  var host: String {
    let host = URLComponents(string: url)?.host ?? ""
    let isName = !host.isEmpty && host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x3A }
    return isName ? host : "localhost"
  }
}

/// A maximum number of messages within a period (EML-240).
package struct FrequencyRule: Sendable, Equatable {
  /// The period of a rule.
  package enum Unit: String, Sendable, CaseIterable {
    case day = "DAY"
    case week = "WEEK"
    case month = "MONTH"
  }

  /// The maximum number of messages.
  package var number: Int
  /// The period: a day, a week or a month.
  package var unit: Unit

  package init(number: Int, unit: Unit) {
    self.number = number
    self.unit = unit
  }
}

/// The operator's settings for e-mail; the defaults are those of a new system.
package struct MailSettings: Sendable, Equatable {
  /// The sender's name if the e-mail has none (EML-320).
  package var fromName = "Martlet"
  /// The sender's address if the e-mail has none.
  package var fromAddress = "martlet@localhost"
  /// The reply-to address if the e-mail has none; empty for the sender.
  package var replyTo = ""
  /// The address for bounces; the send's hash is appended to its local part. Empty for the sender's address.
  package var returnPath = ""
  /// The mailbox for unsubscribing by mail; empty for none (EML-302).
  package var unsubscribeMailbox = ""
  /// The mailbox that receives bounces: `maildir:PATH` or `mbox:PATH`; empty for none (EML-420).
  package var bounceMailbox = ""
  /// The domains allowed in From; empty for any (EML-332).
  package var verifiedDomains: [String] = []
  /// Whether a contact's owner is the sender (EML-330).
  package var isOwnerMailer = false
  /// The text of `{unsubscribe_text}`.
  package var unsubscribeText =
    "<a href=\"|URL|\">Unsubscribe</a> to no longer receive emails from us."
  /// The text of `{webview_text}`.
  package var webviewText = "<a href=\"|URL|\">Having trouble reading this email? Click here.</a>"
  /// The default signature, for owners without one.
  package var signature = "Best regards,<br/>|FROM_NAME|"
  /// The message of the page after unsubscribing.
  package var unsubscribeMessage =
    "We are sorry to see you go! |EMAIL| will no longer receive "
    + "emails from us. If this was by mistake, <a href=\"|URL|\">click here to re-subscribe</a>."
  /// The message of the page after resubscribing.
  package var resubscribeMessage =
    "|EMAIL| has been re-subscribed. If this was by mistake, "
    + "<a href=\"|URL|\">click here to unsubscribe</a>."
  /// Whether unsubscribing by a link must be confirmed by a button (EML-402).
  package var asksBeforeUnsubscribing = false
  /// Whether the unsubscribe link leads to the preference centre (EML-404).
  package var showsPreferences = false
  /// Whether the preference centre offers a frequency.
  package var showsFrequency = false
  /// Whether the preference centre offers a pause.
  package var showsPause = false
  /// Whether the preference centre offers the preferred channel.
  package var showsPreferredChannel = false
  /// Whether the preference centre offers categories.
  package var showsCategories = false
  /// Whether the preference centre offers segments.
  package var showsSegments = false
  /// The rule for contacts without their own (EML-240).
  package var frequency: FrequencyRule?
  /// Whether opens are tracked (EML-304).
  package var tracksOpens = true
  /// Whether links are tracked (EML-350).
  package var tracksLinks = true
  /// The prefixes of URLs that are not tracked.
  package var untrackedLinks: [String] = []
  /// The addresses, networks `a.b.c.d/n` and patterns with `*` whose engagements are not recorded.
  package var ignoredAddresses: [String] = []
  /// The words of user agents whose engagements are not recorded.
  package var ignoredAgents = MailSettings.bots
  /// What tells machines from people (EML-360).
  package var machines = MachineSettings()
  /// The format of dates, in the letters of PHP.
  package var dateFormat = "F j, Y"
  /// The format of times, in the letters of PHP.
  package var timeFormat = "g:i a"
  /// The time zone in which instants are written.
  package var timeZone = TimeZone.gmt
  /// The maximum number of messages per second over all workers; 0 for no limit (EML-230).
  package var perSecond = 0
  /// The maximum number of messages per hour; 0 for no limit.
  package var perHour = 0
  /// The maximum number of messages per day; 0 for no limit.
  package var perDay = 0
  /// The maximum number of connections to the transport over all workers.
  package var connections = 8
  /// The maximum number of messages per connection.
  package var messagesPerConnection = 100
  /// The maximum size of a message in bytes; a larger one fails (email.md 17).
  package var maximumBytes = 10 << 20

  /// Creates the settings of a new system.
  package init() {}

  /// The words in the user agents of automated programs.
  static let bots = [
    "Googlebot", "bingbot", "Baiduspider", "YandexBot", "facebookexternalhit", "Slackbot",
    "Twitterbot", "LinkedInBot", "UptimeRobot", "curl", "Wget", "python-requests", "Python-urllib",
    "axios", "okhttp", "Go-http-client", "Apache-HttpClient", "spider", "crawler", "Barracuda",
  ]
}

/// A source of the operator's settings, read for each piece of work. It is also read inside transactions, so it
/// must not wait for another connection.
package struct MailSettingsSource: Sendable {
  private let read: @Sendable () async throws -> MailSettings

  /// Creates a source.
  ///
  /// - Parameter read: Returns the operator's settings.
  package init(_ read: @escaping @Sendable () async throws -> MailSettings) { self.read = read }

  /// Returns the current settings.
  package func current() async throws -> MailSettings { try await read() }
}
