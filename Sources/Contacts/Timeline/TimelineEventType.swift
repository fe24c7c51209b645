/// A kind of event in a contact's history (CON-100); the raw value is the key of the wire format.
package struct TimelineEventType: RawRepresentable, Sendable, Hashable {
  package let rawValue: String

  /// Creates a kind from its key.
  package init(rawValue: String) { self.rawValue = rawValue }

  /// Creates a kind from a literal key.
  init(_ key: String) { rawValue = key }

  /// The contact was created.
  package static let created = TimelineEventType("lead.create")
  /// The contact was created by something other than a user, such as a form.
  package static let sourceCreated = TimelineEventType("lead.source.created")
  /// The contact was identified by something other than a user.
  package static let sourceIdentified = TimelineEventType("lead.source.identified")
  /// The contact became known (CON-03).
  package static let identified = TimelineEventType("lead.identified")
  /// The contact was seen at an IP address.
  package static let addressAdded = TimelineEventType("lead.ipadded")
  /// The contact was created through the API.
  package static let addedByAPI = TimelineEventType("lead.apiadded")
  /// An import row created or changed the contact.
  package static let imported = TimelineEventType("lead.imported")
  /// A do-not-contact entry was added or removed (CON-56).
  package static let doNotContact = TimelineEventType("lead.donotcontact")
  /// The contact came with campaign parameters.
  package static let utmTagsAdded = TimelineEventType("lead.utmtagsadded")
  /// The contact entered or left a segment.
  package static let segmentMembership = TimelineEventType("segment_membership")
  /// The stage of the contact changed.
  package static let stageChanged = TimelineEventType("stage.changed")
  /// The contact gained or lost points.
  package static let pointsGained = TimelineEventType("point.gained")

  /// All types of events with their names (CON-100, api.md 8.2).
  package static let names: [(type: TimelineEventType, name: String)] = [
    ("asset.download", "Asset downloaded"), ("campaign.event", "Campaign action triggered"),
    ("campaign.event.scheduled", "Campaign event scheduled"),
    ("campaign_membership", "Campaign membership change"),
    ("dynamic.content.sent", "Dynamic content sent"), ("email.failed", "Email failed"),
    ("email.read", "Email read"), ("email.replied", "Email replied"),
    ("email.sent", "Email sent"), ("event.track", "Event of an app"),
    ("form.submitted", "Form submitted"),
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

  /// The display name.
  package var name: String { Self.names.first { $0.type == self }?.name ?? rawValue }
}
