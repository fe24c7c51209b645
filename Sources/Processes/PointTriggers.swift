import Campaigns
import Mail
import Points
import Primitives

extension Backends {
  /// Actions of point triggers that need other modules (PTS-25).
  var pointTriggerActions: PointTriggerActions {
    var actions = PointTriggerActions()
    let members = campaigns.members
    actions.addMail(mail.dispatcher)
    actions.add(.changeCampaigns) { call in
      let (added, removed) = try call.event.campaigns()
      try await members.change(
        call.contacts, adding: added, removing: removed, as: .exit,
        in: call.transaction)
      return [:]
    }
    actions.add(.webhook) { call in
      try CampaignService.callWebhook(
        call.event.properties, about: call.contacts, key: "trigger-\(call.event.id)",
        call.transaction.outbox)
      return [:]
    }
    return actions
  }
}
