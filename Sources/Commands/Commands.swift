import ArgumentParser

extension Martlet {
  /// The subcommands, in the order in which `martlet --help` lists them.
  static let commands: [any ParsableCommand.Type] = [
    MigrateCommand.self, DoctorCommand.self, DevCommand.self, UserCommand.self, RoleCommand.self,
    ClientCommand.self, TokenCommand.self, AuditCommand.self,
    ImportCommand.self, ImportsCommand.self, ExportCommand.self, ContactsCommand.self,
    SegmentsCommand.self,
    CampaignsCommand.self, WebhooksCommand.self, WriteKeysCommand.self,
    SettingsCommand.self, DataCommand.self,
    MailCommand.self, ScheduleCommand.self, QueuesCommand.self, JobsCommand.self,
    WorkersCommand.self, WaitCommand.self, ClockCommand.self, SampleCommand.self,
    BenchCommand.self,
  ]
}
