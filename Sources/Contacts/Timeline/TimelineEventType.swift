/// A kind of event in a contact's history (CON-100); the raw value is the key of the wire format.
package struct TimelineEventType: RawRepresentable, Sendable, Hashable {
  package let rawValue: String

  /// A kind by its key.
  package init(rawValue: String) { self.rawValue = rawValue }

  /// A kind by its key, in source.
  init(_ key: String) { rawValue = key }

  /// The contact was created.
  package static let created = TimelineEventType("lead.create")
  /// … by something else than a user, such as a form.
  package static let sourceCreated = TimelineEventType("lead.source.created")
  /// It was identified, by something else than a user.
  package static let sourceIdentified = TimelineEventType("lead.source.identified")
  /// It became known (CON-03).
  package static let identified = TimelineEventType("lead.identified")
  /// It was seen at an address.
  package static let addressAdded = TimelineEventType("lead.ipadded")
  /// It was created through the API.
  package static let addedByAPI = TimelineEventType("lead.apiadded")
  /// A row of an import touched it.
  package static let imported = TimelineEventType("lead.imported")
  /// It must no longer be written to, or may be again (CON-56).
  package static let doNotContact = TimelineEventType("lead.donotcontact")
  /// It came with campaign parameters.
  package static let utmTagsAdded = TimelineEventType("lead.utmtagsadded")
  /// It entered or left a segment.
  package static let segmentMembership = TimelineEventType("segment_membership")
  /// It was put into a stage, or taken out of one.
  package static let stageChanged = TimelineEventType("stage.changed")
  /// It gained or lost points.
  package static let pointsGained = TimelineEventType("point.gained")

  /// All types of events with their names (CON-100, api.md 8.2).
  package static let names: [(type: TimelineEventType, name: String)] = [
    ("asset.download", "Asset downloaded"), ("campaign.event", "Campaign action triggered"),
    ("campaign.event.scheduled", "Campaign event scheduled"),
    ("campaign_membership", "Campaign membership change"),
    ("dynamic.content.sent", "Dynamic content sent"), ("email.failed", "Email failed"),
    ("email.read", "Email read"), ("email.replied", "Email replied"),
    ("email.sent", "Email sent"), ("form.submitted", "Form submitted"),
    ("integration_sync_issues", "Integration sync issues"),
    ("lead.apiadded", "Added through API"), ("lead.create", "Contact created"),
    ("lead.donotcontact", "Do not contact"), ("lead.identified", "Contact identified"),
    ("lead.imported", "Imported"), ("lead.ipadded", "Accessed from IP"),
    ("lead.source.created", "Created by source"),
    ("lead.source.identified", "Identified by source"),
    ("lead.utmtagsadded", "UTM tags recorded"), ("message.queue", "Message queue"),
    ("page.hit", "Page hit"), ("page.videohit", "Video hit"), ("point.gained", "Point gained"),
    ("segment_membership", "Segment membership change"), ("sms.failed", "Text message failed"),
    ("sms.sent", "Text message sent"), ("sms_reply", "Text message reply"),
    ("stage.changed", "Stage changed"),
  ].map { (TimelineEventType($0.0), $0.1) }

  /// The name as people read it.
  package var name: String { Self.names.first { $0.type == self }?.name ?? rawValue }
}
