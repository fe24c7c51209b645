import Contacts
import Foundation
package import Postgres
package import Primitives

extension DynamicContentValues: RecordValues {
  package static let columns: SQL = """
    name, category_id, publish_up, publish_down, content, utm_source, utm_medium, utm_campaign,
    utm_content, filters, is_campaign_based, slot_name, variant_parent_id, variant_weight, is_published
    """

  package init(_ row: PostgresRow) throws {
    name = try row.decode("name")
    category = try row.decode("category_id")
    publishUp = try row.decode("publish_up")
    publishDown = try row.decode("publish_down")
    content = try row.decode("content")
    utm.source = try row.decode("utm_source")
    utm.medium = try row.decode("utm_medium")
    utm.campaign = try row.decode("utm_campaign")
    utm.content = try row.decode("utm_content")
    let stored: JSON = try row.decode("filters")
    filters = try stored.decode()
    isCampaignBased = try row.decode("is_campaign_based")
    slot = try row.decode("slot_name")
    variantParent = try row.decode("variant_parent_id")
    variantWeight = try row.decode("variant_weight")
    isPublished = try row.decode("is_published")
  }

  /// The values of ``columns``.
  package var sql: SQL {
    get throws {
      """
      \(name), \(category)::bigint, \(publishUp)::timestamptz, \(publishDown)::timestamptz, \(content),
      \(utm.source)::text, \(utm.medium)::text, \(utm.campaign)::text, \(utm.content)::text,
      \(try JSON(filters)), \(isCampaignBased), \(slot)::text, \(variantParent)::bigint,
      \(variantWeight.map(Int32.init))::integer, \(isPublished)
      """
    }
  }

  /// The values by name, for the audit log.
  package var members: [(name: String, value: JSONValue)] {
    [
      ("name", .string(name)), ("category", JSONValue(category)),
      ("publishUp", JSONValue(publishUp)),
      ("publishDown", JSONValue(publishDown)), ("content", .string(content)),
      ("utmSource", JSONValue(utm.source)), ("utmMedium", JSONValue(utm.medium)),
      ("utmCampaign", JSONValue(utm.campaign)), ("utmContent", JSONValue(utm.content)),
      ("filters", filters), ("isCampaignBased", .boolean(isCampaignBased)),
      ("slotName", JSONValue(slot)),
      ("variantParent", JSONValue(variantParent)),
      ("variantWeight", variantWeight.map { .integer(Int64($0)) } ?? .null),
      ("isPublished", .boolean(isPublished)),
    ]
  }
}
