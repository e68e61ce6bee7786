# Driver of the Ruby gem oauth2.
require 'json'
require 'oauth2'

class Client
  def initialize(setup)
    @setup = setup
    scheme = setup['authentication'] == 'basic' ? :basic_auth : :request_body
    @client = OAuth2::Client.new(
      setup['client_id'], setup['client_secret'],
      site: setup['server'], authorize_url: '/oauth/authorize', token_url: '/oauth/token', auth_scheme: scheme
    )
  end

  def authorize(order)
    scope = @setup['scopes'].join(' ')
    url = @client.auth_code.authorize_url(
      redirect_uri: @setup['redirect_uri'], scope: scope, state: order['state']
    )
    { url: url }
  end

  def exchange(order)
    { tokens: @client.auth_code.get_token(order['code'], redirect_uri: @setup['redirect_uri']).to_hash }
  end

  def get(order)
    response = OAuth2::AccessToken.new(@client, order['access_token']).get(order['path'])
    { status: response.status, json: JSON.parse(response.body) }
  rescue OAuth2::Error => e
    { status: e.response.status }
  end

  def refresh(order)
    token = OAuth2::AccessToken.new(@client, '', refresh_token: order['refresh_token'])
    { tokens: token.refresh!.to_hash }
  end

  def client_credentials(_order)
    { tokens: @client.client_credentials.get_token.to_hash }
  end
end

client = nil
$stdin.each_line do |line|
  order = JSON.parse(line)
  name = order['order']
  reply =
    begin
      if name == 'begin'
        client = Client.new(order)
        { done: true }
      elsif client.respond_to?(name)
        client.public_send(name, order)
      else
        { missing: true }
      end
    rescue OAuth2::Error => e
      { error: e.code, class: e.class.name }
    rescue StandardError => e
      { error: e.message, class: e.class.name }
    end
  reply = reply.merge(tokens: reply[:tokens].transform_keys(&:to_s)) if reply[:tokens]
  puts JSON.generate(reply)
  $stdout.flush
end
