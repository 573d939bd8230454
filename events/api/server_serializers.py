"""What the server tells its admins about itself."""

from __future__ import annotations

from rest_framework import serializers

from exceptionless_site.api.serializers import LongField, WireDateTimeField, WireSerializer


class SettingsSerializer(WireSerializer):
    base_url = serializers.CharField()
    app_mode = serializers.CharField()
    version = serializers.CharField()
    database = serializers.CharField(help_text="`sqlite` or `postgresql`.")
    maximum_event_post_size = serializers.IntegerField()
    maximum_retention_days = serializers.IntegerField()
    api_throttle_limit = serializers.IntegerField()
    bot_throttle_limit = serializers.IntegerField()
    event_submission_disabled = serializers.BooleanField()
    enable_account_creation = serializers.BooleanField()
    source_map_discovery = serializers.BooleanField()
    trust_forwarded_headers = serializers.BooleanField()
    has_geoip_database = serializers.BooleanField()


class TotalSerializer(WireSerializer):
    total = LongField()
    aggregations = serializers.DictField()


class ServerTotalsSerializer(WireSerializer):
    organizations = TotalSerializer()
    users = TotalSerializer()
    projects = TotalSerializer()
    stacks = TotalSerializer()
    events = TotalSerializer()


class EchoSerializer(WireSerializer):
    headers = serializers.DictField(child=serializers.CharField())
    ip_address = serializers.CharField()


class PackageSerializer(WireSerializer):
    name = serializers.CharField()
    version = serializers.CharField()


class MigrationStateSerializer(WireSerializer):
    id = serializers.CharField()
    version = serializers.IntegerField()
    completed_utc = WireDateTimeField()


class MigrationsSerializer(WireSerializer):
    current_version = serializers.IntegerField()
    states = MigrationStateSerializer(many=True)


class HealthSerializer(WireSerializer):
    status = serializers.IntegerField(help_text="0 is green.")
    cluster_name = serializers.CharField(help_text="The kind of database.")
    number_of_nodes = serializers.IntegerField()
    number_of_data_nodes = serializers.IntegerField()
    active_shards = serializers.IntegerField()
    relocating_shards = serializers.IntegerField()
    unassigned_shards = serializers.IntegerField()
    active_primary_shards = serializers.IntegerField()


class IndicesSerializer(WireSerializer):
    count = LongField()
    docs_count = LongField()
    store_size_in_bytes = LongField()


class IndexDetailSerializer(WireSerializer):
    index = serializers.CharField()
    health = serializers.CharField()
    status = serializers.CharField()
    primary = serializers.IntegerField()
    replica = serializers.IntegerField()
    docs_count = LongField()
    store_size_in_bytes = LongField()
    unassigned_shards = serializers.IntegerField()


class StorageSerializer(WireSerializer):
    health = HealthSerializer()
    indices = IndicesSerializer()
    index_details = IndexDetailSerializer(many=True)


class SnapshotsSerializer(WireSerializer):
    repositories = serializers.ListField(child=serializers.CharField())
    snapshots = serializers.ListField(child=serializers.DictField())


class EnqueuedSerializer(WireSerializer):
    enqueued = serializers.IntegerField()


class OutcomeSerializer(WireSerializer):
    success = serializers.BooleanField()
    message = serializers.CharField()


class QueueSerializer(WireSerializer):
    active = LongField(help_text="Waits, or is tried again later.")
    deadletter = LongField(help_text="Could not be processed and waits for a person.")
    working = LongField(help_text="Is being processed; 0 for the queues that only know what waits.")


class QueuesSerializer(WireSerializer):
    event_posts = QueueSerializer(help_text="User descriptions wait here too, in one order with the events.")
    mail_messages = QueueSerializer()
    user_descriptions = QueueSerializer()
    notifications = QueueSerializer()
    web_hooks = QueueSerializer()
