import Foundation

/// The rules for the aliases of fields (CON-20, CON-21).
package enum FieldAlias {
  /// The maximum length of a new alias, in characters.
  package static let maximumLength = 25

  /// Returns the alias derived from a label: in ASCII, lower case, everything but letters and
  /// digits as `_`, cut, and with the prefix `f_` if it would be a number or a reserved word of SQL
  /// (CON-20).
  ///
  /// - Returns: The alias; `field` if nothing of the label can be written in ASCII.
  package static func derived(from label: String) -> String {
    var alias = ""
    for scalar in ascii(label).unicodeScalars {
      // Accents, which the decomposition has separated.
      if scalar.properties.generalCategory == .nonspacingMark { continue }
      let character = Character(scalar)
      if character.isASCII, character.isLetter || character.isNumber {
        alias.append(contentsOf: character.lowercased())
      } else if !alias.isEmpty, alias.last != "_" {
        alias.append("_")
      }
    }
    alias = cut(alias, to: maximumLength)
    if alias.isEmpty { alias = "field" }
    if alias.allSatisfy({ $0.isNumber || $0 == "_" }) || sqlWords.contains(alias) {
      alias = cut("f_" + alias, to: maximumLength)
    }
    return alias
  }

  /// Returns an unused alias: a counter from 1 is appended while it is taken (CON-20). Where no counter helps, as for
  /// names that are reserved by their beginning, the prefix `f_` comes before it.
  ///
  /// - Returns: The alias; `nil` if all that were tried are taken.
  package static func unique(_ alias: String, isTaken: (String) -> Bool) -> String? {
    guard isTaken(alias) else { return alias }
    for base in [alias, cut("f_" + alias, to: maximumLength)] {
      if !isTaken(base) { return base }
      for counter in 1...attempts {
        let suffix = String(counter)
        let candidate = cut(base, to: maximumLength - suffix.count) + suffix
        if !isTaken(candidate) { return candidate }
      }
    }
    return nil
  }

  private static let attempts = 10_000

  /// Returns whether an alias is refused because the name has another meaning (CON-21): in segment filters, as an
  /// attribute of the contact's or company's record, as a command of the search, as a member of a contact in
  /// requests, or as an attribute in files. Names are compared without case and underscores, as files do.
  package static func isReserved(_ alias: String) -> Bool {
    let plain = squeezed(alias)
    return squeezedNames.contains(plain)
      || (plain.hasPrefix("grouppoints") && plain != "grouppoints")
  }

  private static func squeezed(_ name: String) -> String {
    name.lowercased().replacing("_", with: "")
  }

  private static let squeezedNames = Set(reserved.map(squeezed))

  private static func cut(_ alias: String, to length: Int) -> String {
    var alias = String(alias.prefix(length))
    while alias.last == "_" { alias.removeLast() }
    return alias
  }

  private static func ascii(_ text: String) -> String {
    var text = text
    for (letter, plain) in letters { text = text.replacing(letter, with: plain) }
    let latin = text.applyingTransform(.toLatin, reverse: false) ?? text
    return latin.decomposedStringWithCompatibilityMapping
  }

  /// The usual spelling of letters without a decomposition.
  private static let letters = [
    "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "đ": "d",
    "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "TH", "ł": "l", "Ł": "L", "ı": "i", "ĸ": "k",
    "ŋ": "n", "Ŋ": "N", "'": "", "’": "",
  ]

  private static let reserved: Set<String> = [
    "contact_id", "company_id", "id", "owner_id", "owner", "stage_id", "date_added",
    "date_modified", "date_identified", "last_active", "points", "is_published",
    "preferred_profile_image", "identity_shared", "created_by", "created_by_user", "modified_by",
    "modified_by_user", "color", "score", "all", "fields", "ip_addresses", "ip", "utmtags",
    "do_not_contact", "frequency_rules", "ownerusername", "do_not_email",
    // The special filters of segments.
    "leadlist", "tags", "stage", "generated_email_domain", "globalcategory", "dnc_bounced",
    "dnc_unsubscribed", "dnc_manual_email", "dnc_bounced_sms", "dnc_unsubscribed_sms",
    "dnc_manual_sms", "campaign", "device_type", "device_brand", "device_os", "device_model",
    "utm_campaign", "utm_content", "utm_medium", "utm_source", "utm_term", "lead_email_received",
    "lead_email_sent", "lead_email_sent_date", "lead_email_read_date", "lead_email_read_count",
    "lead_email_read_by_person",
    "email_id", "email_clicked_link_date", "sms_clicked_link", "sms_clicked_link_date",
    "notification", "hit_url", "hit_url_date", "hit_url_count", "sessions", "page_id",
    "redirect_id", "referer", "url_title", "source", "source_id", "lead_asset_download",
    "integration_campaigns",
    // The commands of the search.
    "ids", "is", "name", "category", "lang", "tag", "dnc", "segment", "common", "import_id",
    "import_action", "email_sent", "email_read", "email_queued", "email_pending", "sms_sent",
    "web_sent", "mobile_sent", "page_source", "page_source_id", "campaign_id",
    // The members of contacts and companies in requests and answers.
    "overwriteWithBlank", "ipAddress", "ipAddresses", "doNotContact", "companies",
    "frequencyRules", "lastActive", "isPublished", "dateAdded", "dateModified", "dateIdentified",
    "createdBy", "createdByUser", "modifiedBy", "modifiedByUser", "preferredProfileImage",
    // The attributes in files of imports and exports.
    "doNotEmail", "segments",
    // The system columns of every table in PostgreSQL.
    "ctid", "xmin", "xmax", "cmin", "cmax", "tableoid",
  ]

  /// The reserved words of PostgreSQL and of the SQL standard that are likely labels.
  private static let sqlWords: Set<String> = [
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "between",
    "both", "by", "case", "cast", "check", "collate", "column", "constraint", "create", "cross",
    "current_catalog", "current_date", "current_role", "current_time", "current_timestamp",
    "current_user", "database", "default", "deferrable", "delete", "desc", "distinct", "do",
    "drop", "else", "end", "except", "exists", "false", "fetch", "for", "foreign", "from", "full",
    "function", "grant", "group", "having", "in", "index", "initially", "inner", "insert",
    "intersect", "interval", "into", "is", "join", "key", "keys", "lateral", "leading", "left",
    "like", "limit", "localtime", "localtimestamp", "lock", "match", "natural", "new", "not",
    "null", "offset", "old", "on", "only", "option", "or", "order", "outer", "over", "placing",
    "primary", "procedure", "range", "rank", "read", "references", "release", "rename",
    "returning", "revoke", "right", "row", "rows", "schema", "select", "session_user", "set",
    "some", "symmetric", "system", "table", "then", "to", "trailing", "trigger", "true", "union",
    "unique", "update", "usage", "use", "user", "using", "values", "variadic", "view", "when",
    "where", "window", "with", "write",
  ]
}
