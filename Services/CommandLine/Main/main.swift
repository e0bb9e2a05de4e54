import CommandLineCore

await Program.run()
