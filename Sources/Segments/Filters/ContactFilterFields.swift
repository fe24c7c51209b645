import Contacts
import Postgres

/// The special fields that need contacts alone (segments.md 6).
enum ContactFilterFields {
  static let all: [FilterField] = record + related + doNotContact + devices + utm

  /// Columns of the contact's record beside its fields.
  private static let record: [FilterField] = [
    FilterField(
      "owner_id", .record, topics: [.column("owner_id")],
      source: .value("c.owner_id", .record, isNeverNull: false)),
    FilterField(
      "stage", .record, topics: [.column("stage_id")],
      source: .value("c.stage_id", .record, isNeverNull: false)),
    FilterField(
      "points", .number, topics: [.column("points")],
      source: .value("c.points", .integer, isNeverNull: true)),
    FilterField(
      "date_added", .date, topics: [.column("date_added")],
      source: .value("c.date_added", .instant, isNeverNull: true)),
    identified,
    FilterField(
      "date_modified", .datetime, topics: [.column("date_modified")],
      source: .value("c.date_modified", .instant, isNeverNull: false)),
    FilterField(
      "last_active", .datetime, topics: [.column("last_active")],
      source: .value("c.last_active", .instant, isNeverNull: false)),
    FilterField(
      "is_published", .boolean, topics: [.column("is_published")],
      source: .value("c.is_published", .boolean, isNeverNull: true)),
    FilterField(
      "generated_email_domain", .text,
      operators: FilterKind.text.operators.subtracting(FilterKind.lists),
      topics: [.column("email")],
      source: .value("nullif(split_part(c.email, '@', 2), '')", .text, isNeverNull: false)),
  ]

  private static var identified: FilterField {
    var field = FilterField(
      "date_identified", .date, topics: [.column("date_identified")],
      source: .value("c.date_identified", .instant, isNeverNull: false))
    field.acceptsInstants = true
    return field
  }

  private static let related: [FilterField] = [
    FilterField(
      SegmentFilter.membershipField, .records, topics: [], source: .membership),
    FilterField(
      "tags", .records, topics: [.tags],
      source: .related(
        "contact_tags r WHERE r.contact_id = c.id", value: "r.tag_id", .record)),
    FilterField(
      "globalcategory", .records, topics: [.categories],
      source: .related(
        "contact_categories r WHERE r.contact_id = c.id AND NOT r.manually_removed",
        value: "r.category_id", .record)),
  ]

  private static let doNotContact: [FilterField] = [
    ("dnc_bounced", "email", DoNotContactReason.bounced),
    ("dnc_unsubscribed", "email", .unsubscribed),
    ("dnc_manual_email", "email", .manual),
    ("dnc_bounced_sms", "sms", .bounced),
    ("dnc_unsubscribed_sms", "sms", .unsubscribed),
    ("dnc_manual_sms", "sms", .manual),
  ].map { name, channel, reason in
    FilterField(
      name, .boolean, topics: [.doNotContact],
      source: .existence(
        """
        do_not_contact r WHERE r.contact_id = c.id AND r.channel = \(channel)
          AND r.reason = \(reason.rawValue)
        """))
  }

  private static let devices: [FilterField] = [
    device("device_type", "device", .names),
    device("device_brand", "device_brand", .names),
    device("device_os", "device_os_name", .names),
    device("device_model", "device_model", .text, operators: [.equal, .like, .regexp]),
  ]

  private static func device(
    _ name: String, _ column: String, _ kind: FilterKind, operators: Set<FilterOperator>? = nil
  ) -> FilterField {
    FilterField(
      name, kind, operators: operators, topics: [.devices],
      source: .related(
        "devices r WHERE r.contact_id = c.id", value: "r.\(identifier: column)", .text))
  }

  /// Mautic offers the ordering operators for UTM values too; they compare as text.
  private static let utm: [FilterField] = [
    "utm_campaign", "utm_content", "utm_medium", "utm_source", "utm_term",
  ].map { name in
    FilterField(
      name, .text, operators: FilterKind.text.operators.union(FilterKind.order), topics: [.utm],
      source: .related(
        "utm_tags r WHERE r.contact_id = c.id", value: "r.\(identifier: name)", .text))
  }
}
