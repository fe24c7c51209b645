package import Foundation

/// Where this installation is found, and what it signs with. Fixed for the life of a process.
package struct MailSite: Sendable, Equatable {
  /// The base of links, without a slash at its end.
  package var url: String
  /// The key of signatures.
  package var secret: String

  package init(url: String, secret: String) {
    self.url = url
    self.secret = secret
  }

  /// The name of the machine in the base, for Message-IDs.
  var host: String {
    let host = URLComponents(string: url)?.host ?? ""
    let isName = !host.isEmpty && host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x3A }
    return isName ? host : "localhost"
  }
}

/// How many messages within what time (EML-240).
package struct FrequencyRule: Sendable, Equatable {
  /// The unit of time.
  package enum Unit: String, Sendable, CaseIterable {
    case day = "DAY"
    case week = "WEEK"
    case month = "MONTH"
  }

  /// So many messages …
  package var number: Int
  /// … in a day, a week or a month.
  package var unit: Unit

  package init(number: Int, unit: Unit) {
    self.number = number
    self.unit = unit
  }
}

/// What an operator has set about e-mail; what is not set has the values of a new system.
package struct MailSettings: Sendable, Equatable {
  /// The sender's name where the e-mail names none (EML-320).
  package var fromName = "Martlet"
  /// The sender's address where the e-mail names none.
  package var fromAddress = "martlet@localhost"
  /// Where answers go where the e-mail says nothing; empty: to the sender.
  package var replyTo = ""
  /// Where refusals go; the send's hash is put behind its local part. Empty: the sender's address.
  package var returnPath = ""
  /// A mailbox for unsubscribing by mail; empty for none (EML-302).
  package var unsubscribeMailbox = ""
  /// The mailbox that bounces come to: `maildir:PATH` or `mbox:PATH`; empty for none (EML-420).
  package var bounceMailbox = ""
  /// Domains that may stand in From; empty for any (EML-332).
  package var verifiedDomains: [String] = []
  /// Whether a contact's owner is the sender (EML-330).
  package var isOwnerMailer = false
  /// The text of `{unsubscribe_text}`.
  package var unsubscribeText =
    "<a href=\"|URL|\">Unsubscribe</a> to no longer receive emails from us."
  /// The text of `{webview_text}`.
  package var webviewText = "<a href=\"|URL|\">Having trouble reading this email? Click here.</a>"
  /// The signature where no owner has one.
  package var signature = "Best regards,<br/>|FROM_NAME|"
  /// What a page says to whoever has unsubscribed.
  package var unsubscribeMessage =
    "We are sorry to see you go! |EMAIL| will no longer receive "
    + "emails from us. If this was by mistake, <a href=\"|URL|\">click here to re-subscribe</a>."
  /// What a page says to whoever has subscribed again.
  package var resubscribeMessage =
    "|EMAIL| has been re-subscribed. If this was by mistake, "
    + "<a href=\"|URL|\">click here to unsubscribe</a>."
  /// Whether unsubscribing by a link needs a click on a button as well (EML-402).
  package var asksBeforeUnsubscribing = false
  /// Whether the unsubscribe link leads to the preference centre (EML-404).
  package var showsPreferences = false
  /// Whether it offers how often to be written to.
  package var showsFrequency = false
  /// Whether it offers a pause.
  package var showsPause = false
  /// Whether it offers the preferred channel.
  package var showsPreferredChannel = false
  /// Whether it offers categories.
  package var showsCategories = false
  /// Whether it offers segments.
  package var showsSegments = false
  /// The rule for contacts without one of their own (EML-240).
  package var frequency: FrequencyRule?
  /// Whether opens are seen (EML-304).
  package var tracksOpens = true
  /// Whether links are counted (EML-350).
  package var tracksLinks = true
  /// Beginnings of URLs that are not counted.
  package var untrackedLinks: [String] = []
  /// Addresses, networks `a.b.c.d/n` and patterns with `*` whose acts are not recorded.
  package var ignoredAddresses: [String] = []
  /// Words of user agents whose acts are not recorded.
  package var ignoredAgents = MailSettings.bots
  /// The form of dates, times and both, in the letters of PHP.
  package var dateFormat = "F j, Y"
  /// The form of times.
  package var timeFormat = "g:i a"
  /// The zone in which instants are written.
  package var timeZone = TimeZone.gmt
  /// Messages a second at the most over all workers; 0 for no limit (EML-230).
  package var perSecond = 0
  /// Messages an hour at the most; 0 for no limit.
  package var perHour = 0
  /// Messages a day at the most; 0 for no limit.
  package var perDay = 0
  /// Connections to the transport at the most over all workers.
  package var connections = 8
  /// Messages that one connection carries at the most.
  package var messagesPerConnection = 100
  /// Bytes of a message at the most; a larger one fails (email.md 17).
  package var maximumBytes = 10 << 20

  /// The settings of a new system.
  package init() {}

  /// Words in the user agents of programs that fetch what nobody reads.
  static let bots = [
    "Googlebot", "bingbot", "Baiduspider", "YandexBot", "facebookexternalhit", "Slackbot",
    "Twitterbot", "LinkedInBot", "UptimeRobot", "curl", "Wget", "python-requests", "Python-urllib",
    "axios", "okhttp", "Go-http-client", "Apache-HttpClient", "spider", "crawler", "Barracuda",
  ]
}

/// What an operator has set about mail, asked anew for each piece of work. It is also asked inside
/// transactions, so whoever gives it must not wait for another connection.
package struct MailSettingsSource: Sendable {
  private let read: @Sendable () async throws -> MailSettings

  /// A source.
  ///
  /// - Parameter read: Gives what an operator has set.
  package init(_ read: @escaping @Sendable () async throws -> MailSettings) { self.read = read }

  /// What holds.
  package func current() async throws -> MailSettings { try await read() }
}
