import Contacts
import Postgres

/// The special fields that need contacts alone (segments.md 6).
enum ContactFilterFields {
  static let all: [FilterField] = record + related + doNotContact + devices + utm

  /// Columns of the contact's record beside its fields.
  private static let record: [FilterField] = [
    FilterField(
      "owner_id", .record, topics: [.column("owner_id")],
      source: .value("c.owner_id", .record, isNeverNull: false)
    ).titled("Owner", in: .record, from: .owners),
    FilterField(
      "stage", .record, topics: [.column("stage_id")],
      source: .value("c.stage_id", .record, isNeverNull: false)
    ).titled("Stage", in: .record, from: .stages),
    FilterField(
      "points", .number, topics: [.column("points")],
      source: .value("c.points", .integer, isNeverNull: true)
    ).titled("Points", in: .record),
    FilterField(
      "date_added", .date, topics: [.column("date_added")],
      source: .value("c.date_added", .instant, isNeverNull: true)
    ).titled("Date added", in: .record),
    identified,
    FilterField(
      "date_modified", .datetime, topics: [.column("date_modified")],
      source: .value("c.date_modified", .instant, isNeverNull: false)
    ).titled("Date modified", in: .record),
    FilterField(
      "last_active", .datetime, topics: [.column("last_active")],
      source: .value("c.last_active", .instant, isNeverNull: false)
    ).titled("Last active", in: .record),
    FilterField(
      "is_published", .boolean, topics: [.column("is_published")],
      source: .value("c.is_published", .boolean, isNeverNull: true)
    ).titled("Contact is published", in: .record),
    FilterField(
      "generated_email_domain", .text,
      operators: FilterKind.text.operators.subtracting(FilterKind.lists),
      topics: [.column("email")],
      source: .value("nullif(split_part(c.email, '@', 2), '')", .text, isNeverNull: false)
    ).titled("E-mail domain", in: .record),
  ]

  private static var identified: FilterField {
    var field = FilterField(
      "date_identified", .date, topics: [.column("date_identified")],
      source: .value("c.date_identified", .instant, isNeverNull: false)
    ).titled("Date identified", in: .record)
    field.acceptsInstants = true
    return field
  }

  private static let related: [FilterField] = [
    FilterField(
      SegmentFilter.membershipField, .records, topics: [], source: .membership
    ).titled("Segment membership", in: .record, from: .segments),
    FilterField(
      "tags", .records, topics: [.tags],
      source: .related(
        "contact_tags r WHERE r.contact_id = c.id", value: "r.tag_id", .record)
    ).titled("Tags", in: .record, from: .tags),
    FilterField(
      "globalcategory", .records, topics: [.categories],
      source: .related(
        "contact_categories r WHERE r.contact_id = c.id AND NOT r.manually_removed",
        value: "r.category_id", .record)
    ).titled("Subscribed categories", in: .record, from: .categories),
  ]

  private static let doNotContact: [FilterField] = [
    ("dnc_bounced", "E-mail bounced", "email", DoNotContactReason.bounced),
    ("dnc_unsubscribed", "Unsubscribed from e-mail", "email", .unsubscribed),
    ("dnc_manual_email", "E-mail stopped by a user", "email", .manual),
    ("dnc_bounced_sms", "SMS bounced", "sms", .bounced),
    ("dnc_unsubscribed_sms", "Unsubscribed from SMS", "sms", .unsubscribed),
    ("dnc_manual_sms", "SMS stopped by a user", "sms", .manual),
  ].map { name, label, channel, reason in
    FilterField(
      name, .boolean, topics: [.doNotContact],
      source: .existence(
        """
        do_not_contact r WHERE r.contact_id = c.id AND r.channel = \(channel)
          AND r.reason = \(reason.rawValue)
        """)
    ).titled(label, in: .consent)
  }

  private static let devices: [FilterField] = [
    device("device_type", "device", .names)
      .titled("Device type", in: .devices, from: .deviceTypes),
    device("device_brand", "device_brand", .names)
      .titled("Device brand", in: .devices, from: .deviceBrands),
    device("device_os", "device_os_name", .names)
      .titled("Operating system", in: .devices, from: .deviceSystems),
    device("device_model", "device_model", .text, operators: [.equal, .like, .regexp])
      .titled("Device model", in: .devices),
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
    ("utm_campaign", "UTM campaign"), ("utm_content", "UTM content"), ("utm_medium", "UTM medium"),
    ("utm_source", "UTM source"), ("utm_term", "UTM term"),
  ].map { name, label in
    FilterField(
      name, .text, operators: FilterKind.text.operators.union(FilterKind.order), topics: [.utm],
      source: .related(
        "utm_tags r WHERE r.contact_id = c.id", value: "r.\(identifier: name)", .text)
    ).titled(label, in: .campaignTags)
  }
}
